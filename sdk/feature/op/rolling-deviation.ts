import type { Series, Step } from '../graph/graph.ts'
import { eachRow } from './each-row.ts'
import { slotBefore, WindowBlocks } from './windows.ts'

/** Sample standard deviation of the last `window` values. */
export const rollingDeviation = (x: Series, window: number): Series =>
  eachRow(`deviationOf ${window}`, [rollingSquares(x, window)], (out, [squares], count) => {
    for (let i = 0; i < count; i++) out[i] = Math.sqrt(squares[i] / (window - 1))
  })

/** Sum of squared distances of the last `window` values from their mean; exactly 0 where all are the same. */
function rollingSquares(x: Series, window: number): Series {
  return x.graph.add({
    key: `rollingSquares ${window}`,
    inputs: [x],
    lookbackRows: window - 1,
    start: ({ stepMs }) => squaresAroundMean(window, stepMs),
  })
}

/**
 * Mean and squares of a block's tail and of the head are kept, and put together for each window.
 * @see Chan, Golub & LeVeque (1983), Algorithms for Computing the Sample Variance, The American Statistician 37
 */
function squaresAroundMean(window: number, stepMs: number): Step {
  const blocks = new WindowBlocks(window, stepMs)
  const values = new Float64Array(window) // a ring
  const tailMeans = new Float64Array(window) // from a row to its block's end
  const tailSquares = new Float64Array(window)
  let row = 0
  let slot = 0 // of the next row
  let unbroken = 0 // values since one was missing
  let headMean = 0
  let headSquares = 0

  const closeHead = (): void => {
    let mean = 0
    let squares = 0
    let s = slotBefore(slot, window)
    for (let n = 1; n <= row - blocks.headStart; n++, s = slotBefore(s, window)) {
      const distance = values[s] - mean
      mean += distance / n
      squares += distance * (values[s] - mean)
      tailMeans[s] = mean
      tailSquares[s] = squares
    }
  }

  /** Squares of the rows from `start` to the newest, `row`. */
  const squaresFrom = (start: number): number => {
    let count = row + 1 - blocks.headStart
    let mean = headMean
    let squares = headSquares
    let end = blocks.headStart
    for (let back = 1; end > start; back++) {
      const from = Math.max(start, blocks.startOf(back))
      const added = end - from
      const distance = tailMeans[from % window] - mean
      const all = count + added
      mean += (distance * added) / all
      squares += tailSquares[from % window] + (distance * distance * count * added) / all
      count = all
      end = from
    }
    return squares
  }

  return (out, [x], { count, openTimeMs }) => {
    for (let i = 0; i < count; i++, row++) {
      if (openTimeMs[i] >= blocks.untilMs) {
        closeHead()
        blocks.begin(row, openTimeMs[i])
        headMean = 0
        headSquares = 0
      }
      const value = x[i]
      values[slot] = value
      slot = slot + 1 === window ? 0 : slot + 1
      unbroken = Number.isNaN(value) ? 0 : unbroken + 1
      const distance = value - headMean
      headMean += distance / (row + 1 - blocks.headStart)
      headSquares += distance * (value - headMean)
      out[i] = unbroken < window ? Number.NaN : squaresFrom(row + 1 - window)
    }
  }
}
