import { halfLifeDecay } from '../../portable-math.ts'
import type { Series, Step } from '../graph/graph.ts'
import { WindowBlocks } from './windows.ts'

export interface RollingOptions {
  /** Values needed for a result; default: the whole window. */
  readonly minValues?: number
}

/** Mean of the last `window` values. */
export function rollingMean(x: Series, window: number, { minValues = window }: RollingOptions = {}): Series {
  return x.graph.add({
    key: `rollingMean ${window} ${minValues}`,
    inputs: [x],
    lookbackRows: window - 1,
    firstValueRows: minValues - 1,
    start: ({ stepMs }) => decayingMean(window, 1, minValues, stepMs),
  })
}

/**
 * Half-lives that an exponential mean looks back on. What lies before them has 2⁻³² of the weight: nothing that a model
 * could feel, and cutting it off makes every value a function of a known number of candles.
 */
export const MEMORY_HALF_LIVES = 32

/** Mean with weights `2^(−age / halfLife)`, over as many values as there are, `MEMORY_HALF_LIVES` at most. */
export function exponentialMean(x: Series, halfLife: number, { minValues = 1 }: RollingOptions = {}): Series {
  const window = Math.ceil(MEMORY_HALF_LIVES * halfLife)
  return x.graph.add({
    key: `exponentialMean ${halfLife} ${minValues}`,
    inputs: [x],
    lookbackRows: window - 1,
    firstValueRows: minValues - 1,
    start: ({ stepMs }) => decayingMean(window, halfLifeDecay(halfLife), minValues, stepMs),
  })
}

/** `Σ decay^i · x[t−i] / Σ decay^i` over the values among the last `window` rows. */
function decayingMean(window: number, decay: number, minValues: number, stepMs: number): Step {
  const blocks = new WindowBlocks(window, stepMs)
  const powers = new Float64Array(window + 1).fill(1)
  for (let i = 1; i <= window; i++) powers[i] = powers[i - 1] * decay
  const weights = new Float64Array(window + 1) // of the newest n values
  for (let n = 1; n <= window; n++) weights[n] = weights[n - 1] + powers[n - 1]
  const values = new Float64Array(window) // a ring
  const suffix = new Float64Array(window) // from a row to its block's end, weighted as of that end
  let head = 0
  let firstValue = -1
  let holes = 0 // in the window, after the first value

  const closeBlock = (): void => {
    const end = blocks.closedEnd
    let sum = 0
    for (let row = end - 1; row >= blocks.closedStart; row--) {
      const value = values[row % window]
      sum += Number.isNaN(value) ? 0 : powers[end - 1 - row] * value
      suffix[row % window] = sum
    }
    head = 0
  }

  /** The tail of the oldest block in the window and the whole blocks after it, weighted as of the newest row. */
  const beforeHead = (start: number): number => {
    const newest = blocks.length - 1
    let sum = 0
    let end = blocks.headStart
    for (let back = 1; end > start; back++) {
      const from = Math.max(start, blocks.startOf(back))
      sum += powers[newest + 1 - end] * suffix[from % window]
      end = from
    }
    return sum
  }

  /** Where values are missing within the window, their weights are too. */
  const weightOfValues = (start: number): number => {
    const newest = blocks.length - 1
    let sum = 0
    for (let row = start; row <= newest; row++) if (!Number.isNaN(values[row % window])) sum += powers[newest - row]
    return sum
  }

  return (out, [x], { count, openTimeMs }) => {
    for (let i = 0; i < count; i++) {
      const value = x[i]
      blocks.push(openTimeMs[i])
      // the block's values are still in the ring: the new row takes the place of one before the window
      if (blocks.closedEnd >= 0) closeBlock()
      const row = blocks.length - 1
      const slot = row % window
      if (firstValue >= 0 && row - window > firstValue && Number.isNaN(values[slot])) holes--
      values[slot] = value
      const missing = Number.isNaN(value)
      if (firstValue < 0 && !missing) firstValue = row
      if (firstValue >= 0 && missing) holes++
      head = decay * head + (missing ? 0 : value)

      const start = Math.max(blocks.windowStart, firstValue)
      const present = firstValue < 0 ? 0 : row + 1 - start - holes
      if (present < minValues) {
        out[i] = Number.NaN
        continue
      }
      const sum = start < blocks.headStart ? beforeHead(start) + head : head
      out[i] = sum / (holes === 0 ? weights[present] : weightOfValues(start))
    }
  }
}
