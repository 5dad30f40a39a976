import { halfLifeDecay } from '../../portable-math.ts'
import type { Series, Step } from '../graph/graph.ts'
import { slotBefore, WindowBlocks } from './windows.ts'

export interface RollingOptions {
  /** Values needed for a result; default: the whole window. */
  readonly minValues?: number
}

/** Mean of the last `window` values. */
export function rollingMean(x: Series, window: number, { minValues = window }: RollingOptions = {}): Series {
  if (window === 1) return x
  return x.graph.add({
    key: `rollingMean ${window} ${minValues}`,
    inputs: [x],
    lookbackRows: window - 1,
    firstValueRows: minValues - 1,
    start: ({ stepMs }) => plainMean(window, minValues, stepMs),
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

/** `Σ x / n` over the n values among the last `window` rows. */
function plainMean(window: number, minValues: number, stepMs: number): Step {
  const blocks = new WindowBlocks(window, stepMs)
  const values = new Float64Array(window).fill(Number.NaN) // a ring
  const suffix = new Float64Array(window) // sum from a row to its block's end
  let row = 0
  let slot = 0 // of the next row
  let head = 0
  let present = 0 // values in the window

  const closeHead = (): void => {
    let sum = 0
    let s = slotBefore(slot, window)
    for (let r = row - 1; r >= blocks.headStart; r--, s = slotBefore(s, window)) {
      if (!Number.isNaN(values[s])) sum += values[s]
      suffix[s] = sum
    }
  }

  /** The tail of the oldest block in the window and the whole blocks after it. */
  const beforeHead = (start: number): number => {
    let sum = 0
    let end = blocks.headStart
    for (let back = 1; end > start; back++) {
      end = Math.max(start, blocks.startOf(back))
      sum += suffix[end % window]
    }
    return sum
  }

  /** Takes in the rows from `from` that belong to the newest block; returns the one after them. */
  const takeBlock = (out: Float64Array, x: Float64Array, times: Float64Array, from: number, count: number): number => {
    const { headStart, untilMs } = blocks
    const tailStart = blocks.startOf(1)
    let [next, sum, n] = [slot, head, present]
    let i = from
    for (let start = row + 1 - window; i < count && times[i] < untilMs; i++, start++) {
      // the usual case in a loop of its own: every value is there, and the window begins in the block before
      if (n === window && start >= tailStart && tailStart >= 0) {
        const end = Math.min(count, i + headStart - start)
        const first = i
        for (; i < end && times[i] < untilMs && !Number.isNaN(x[i]); i++) {
          values[next] = x[i]
          sum += x[i]
          if (++next === window) next = 0
          out[i] = (suffix[next] + sum) / window
        }
        start += i - first
        if (i === count || times[i] >= untilMs) break
      }
      if (!Number.isNaN(values[next])) n--
      const value = x[i]
      values[next] = value
      if (!Number.isNaN(value)) {
        n++
        sum += value
      }
      if (++next === window) next = 0
      if (n < minValues) out[i] = Number.NaN
      else if (start >= headStart || headStart === 0) out[i] = sum / n
      else out[i] = (beforeHead(Math.max(start, 0)) + sum) / n
    }
    row += i - from
    slot = next
    head = sum
    present = n
    return i
  }

  return (out, [x], { count, openTimeMs }) => {
    for (let i = 0; i < count; ) {
      if (openTimeMs[i] >= blocks.untilMs) {
        closeHead()
        blocks.begin(row, openTimeMs[i])
        head = 0
      }
      i = takeBlock(out, x, openTimeMs, i, count)
    }
  }
}

/** `Σ decay^i · x[t−i] / Σ decay^i` over the values among the last `window` rows. */
function decayingMean(window: number, decay: number, minValues: number, stepMs: number): Step {
  const blocks = new WindowBlocks(window, stepMs)
  const powers = new Float64Array(window + 1).fill(1)
  for (let i = 1; i <= window; i++) powers[i] = powers[i - 1] * decay
  const weights = new Float64Array(window + 1) // of the newest n rows
  for (let n = 1; n <= window; n++) weights[n] = weights[n - 1] + powers[n - 1]
  const values = new Float64Array(window).fill(Number.NaN) // a ring
  const suffix = new Float64Array(window) // from a row to its block's end, weighted as of that end
  const suffixWeight = new Float64Array(window) // of the values alone
  let row = 0
  let slot = 0 // of the next row
  let head = 0
  let headWeight = 0
  let present = 0 // values in the window

  const closeHead = (): void => {
    let sum = 0
    let weight = 0
    let s = slotBefore(slot, window)
    for (let r = row - 1; r >= blocks.headStart; r--, s = slotBefore(s, window)) {
      if (!Number.isNaN(values[s])) {
        sum += powers[row - 1 - r] * values[s]
        weight += powers[row - 1 - r]
      }
      suffix[s] = sum
      suffixWeight[s] = weight
    }
  }

  /** The tail of the oldest block in the window and the whole blocks after it, weighted as of the newest row. */
  const beforeHead = (of: Float64Array, start: number, newest: number): number => {
    let sum = 0
    let end = blocks.headStart
    for (let back = 1; end > start; back++) {
      const from = Math.max(start, blocks.startOf(back))
      sum += powers[newest + 1 - end] * of[from % window]
      end = from
    }
    return sum
  }

  /** Takes in the rows from `from` that belong to the newest block; returns the one after them. */
  const takeBlock = (out: Float64Array, x: Float64Array, times: Float64Array, from: number, count: number): number => {
    const { headStart, untilMs } = blocks
    const tailStart = blocks.startOf(1)
    let [next, sum, weight, n, newest] = [slot, head, headWeight, present, row]
    let i = from
    for (; i < count && times[i] < untilMs; i++, newest++) {
      // the usual case in a loop of its own: every value is there, and the window begins in the block before
      if (n === window && newest + 1 - window >= tailStart && tailStart >= 0) {
        const end = Math.min(count, i + headStart - (newest + 1 - window))
        for (; i < end && times[i] < untilMs && !Number.isNaN(x[i]); i++, newest++) {
          values[next] = x[i]
          sum = sum * decay + x[i]
          weight = weight * decay + 1
          if (++next === window) next = 0
          out[i] = (powers[newest + 1 - headStart] * suffix[next] + sum) / weights[window]
        }
        if (i === count || times[i] >= untilMs) break
      }
      if (!Number.isNaN(values[next])) n--
      const value = x[i]
      values[next] = value
      sum *= decay
      weight *= decay
      if (!Number.isNaN(value)) {
        n++
        sum += value
        weight++
      }
      if (++next === window) next = 0
      if (n < minValues) out[i] = Number.NaN
      else {
        const first = Math.max(newest + 1 - window, 0)
        const total = sum + beforeHead(suffix, first, newest)
        const isWhole = n === newest + 1 - first
        out[i] = total / (isWhole ? weights[n] : weight + beforeHead(suffixWeight, first, newest))
      }
    }
    slot = next
    head = sum
    headWeight = weight
    present = n
    row = newest
    return i
  }

  return (out, [x], { count, openTimeMs }) => {
    for (let i = 0; i < count; ) {
      if (openTimeMs[i] >= blocks.untilMs) {
        closeHead()
        blocks.begin(row, openTimeMs[i])
        head = 0
        headWeight = 0
      }
      i = takeBlock(out, x, openTimeMs, i, count)
    }
  }
}
