import type { Series, Step } from '../graph/graph.ts'
import type { RollingOptions } from './decaying-mean.ts'
import { slotBefore, WindowBlocks } from './windows.ts'

/** Sample standard deviation of the last `window` values; exactly 0 where all are the same, NaN where it overflows. */
export const rollingDeviation = (x: Series, window: number, { minValues = window }: RollingOptions = {}): Series =>
  x.graph.add({
    key: `rollingDeviation ${window} ${minValues}`,
    inputs: [x],
    lookbackRows: window - 1,
    firstValueRows: minValues - 1,
    start: ({ stepMs }) => deviationFromMean(window, minValues, stepMs),
  })

/**
 * Mean and squares of a block's tail and of the head are kept, and put together for each window.
 * @see Chan, Golub & LeVeque (1983), Algorithms for Computing the Sample Variance, The American Statistician 37
 */
function deviationFromMean(window: number, minValues: number, stepMs: number): Step {
  const blocks = new WindowBlocks(window, stepMs)
  const values = new Float64Array(window).fill(Number.NaN) // a ring
  const tailMeans = new Float64Array(window) // from a row to its block's end
  const tailSquares = new Float64Array(window)
  const tailCounts = new Int32Array(window) // of the values alone
  let row = 0
  let slot = 0 // of the next row
  let present = 0 // values in the window
  let headMean = 0
  let headSquares = 0
  let headCount = 0

  const closeHead = (): void => {
    let mean = 0
    let squares = 0
    let count = 0
    let s = slotBefore(slot, window)
    for (let r = row - 1; r >= blocks.headStart; r--, s = slotBefore(s, window)) {
      if (!Number.isNaN(values[s])) {
        count++
        const distance = values[s] - mean
        mean += distance / count
        squares += distance * (values[s] - mean)
      }
      tailMeans[s] = mean
      tailSquares[s] = squares
      tailCounts[s] = count
    }
  }

  /** Squares of the rows from `start` to the newest, `row`. */
  const squaresFrom = (start: number): number => {
    let count = headCount
    let mean = headMean
    let squares = headSquares
    let end = blocks.headStart
    for (let back = 1; end > start; back++) {
      const from = Math.max(start, blocks.startOf(back))
      const added = tailCounts[from % window]
      end = from
      if (added === 0) continue
      const distance = tailMeans[from % window] - mean
      const all = count + added
      mean += (distance * added) / all
      squares += tailSquares[from % window] + (distance * distance * count * added) / all
      count = all
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
        headCount = 0
      }
      const value = x[i]
      if (!Number.isNaN(values[slot])) present--
      values[slot] = value
      slot = slot + 1 === window ? 0 : slot + 1
      if (!Number.isNaN(value)) {
        present++
        headCount++
        const distance = value - headMean
        headMean += distance / headCount
        headSquares += distance * (value - headMean)
      }
      const squares = present < minValues ? Number.NaN : squaresFrom(Math.max(row + 1 - window, 0))
      out[i] = squares < Number.POSITIVE_INFINITY ? Math.sqrt(squares / (present - 1)) : Number.NaN
    }
  }
}
