import { halfLifeDecay } from '../portable-math.ts'

/**
 * Rolling windows in O(1) a step, for features that must not depend on where a series is cut.
 *
 * Running sums (add the new, subtract the old) gather rounding error for as long as they run, so their values depend on
 * the whole history. Here the window is put together from two folds instead: time is divided into blocks as long as the
 * window, and a window is the tail of one block and the head of the next. Blocks are anchored to absolute time
 * (`firstCandle`), so the same candles give the same bits wherever the series begins or ends, and no error accumulates.
 */

export interface RollingOptions {
  /** Candles in a window. */
  readonly window: number
  /** `SharedSeries.firstCandle`. */
  readonly firstCandle: number
  /** First index whose value counts; results before `from + window − 1` are NaN. Default 0. */
  readonly from?: number
}

/** Mean of the last `window` values. */
export function rollingMean(values: Float64Array, o: RollingOptions): Float64Array {
  return decayingMean(values, 1, o)
}

/** Mean of the last `window` values with weights `2^(−age / halfLife)`. */
export function exponentialMean(values: Float64Array, o: RollingOptions & { readonly halfLife: number }): Float64Array {
  return decayingMean(values, halfLifeDecay(o.halfLife), o)
}

export function rollingMax(values: Float64Array, o: RollingOptions): Float64Array {
  return rollingExtreme(values, Math.max, o)
}

export function rollingMin(values: Float64Array, o: RollingOptions): Float64Array {
  return rollingExtreme(values, Math.min, o)
}

/** `Σ decay^i · values[t−i] / Σ decay^i` over i < window. */
function decayingMean(values: Float64Array, decay: number, o: RollingOptions): Float64Array {
  const { window } = o
  const powers = new Float64Array(window).fill(1)
  for (let i = 1; i < window; i++) powers[i] = powers[i - 1] * decay
  const totalWeight = powers.reduce((sum, weight) => sum + weight, 0)
  const out = new Float64Array(values.length).fill(Number.NaN)
  const tail = new Float64Array(window + 1)
  forEachBlock(values.length, o, (start, first, end) => {
    let head = 0
    for (let i = first; i < end; i++) {
      head = decay * head + values[start + i]
      if (start + i - window + 1 >= (o.from ?? 0)) {
        // the tail was weighted as of its block's end; i + 1 candles have passed since
        out[start + i] = (i === window - 1 ? head : head + powers[i + 1] * tail[i + 1]) / totalWeight
      }
    }
    tail[window] = 0
    for (let i = window - 1; i >= first && end === window; i--) {
      tail[i] = tail[i + 1] + powers[window - 1 - i] * values[start + i]
    }
  })
  return out
}

function rollingExtreme(values: Float64Array, pick: (a: number, b: number) => number, o: RollingOptions): Float64Array {
  const { window } = o
  const out = new Float64Array(values.length).fill(Number.NaN)
  const tail = new Float64Array(window)
  forEachBlock(values.length, o, (start, first, end) => {
    let head = values[start + first]
    for (let i = first; i < end; i++) {
      head = pick(head, values[start + i])
      if (start + i - window + 1 >= (o.from ?? 0)) {
        out[start + i] = i === window - 1 ? head : pick(tail[i + 1], head)
      }
    }
    for (let i = window - 1; i >= first && end === window; i--) {
      const value = values[start + i]
      tail[i] = i === window - 1 ? value : pick(value, tail[i + 1])
    }
  })
  return out
}

/** Calls back with each block's index of offset 0 (it may lie before the series) and the offsets `first … end` present. */
function forEachBlock(
  length: number,
  { window, firstCandle, from = 0 }: RollingOptions,
  visit: (start: number, first: number, end: number) => void,
): void {
  const offset = (((firstCandle + from) % window) + window) % window
  for (let start = from - offset; start < length; start += window) {
    visit(start, Math.max(0, from - start), Math.min(window, length - start))
  }
}
