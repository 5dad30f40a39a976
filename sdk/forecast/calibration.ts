import { ForecastError } from '../errors.ts'
import { checkShapes } from './quantile-metrics.ts'

/**
 * Additive split-conformal offsets, `[H][Q]`: each pair of levels τ and 1 − τ is widened, or narrowed, by one amount on both
 * sides, so that the outcomes of the calibration rows lie between its quantiles as often as the pair says. A level without
 * a partner, the median above all, keeps its quantile.
 *
 * One amount for both sides on purpose: it calibrates how wide a forecast is, never which way it points. Offsets of each
 * side's own would also take on the drift of the calibration period, which is the market's luck in those months, and a
 * gate that reads the mean of the forecast would trade it as if the network had foreseen it.
 *
 * The amount is the `(n + 1) · (1 − 2τ)`-th smallest of `max(lower − outcome, outcome − upper)`, interpolated between
 * neighbours: with exchangeable rows the expected coverage is the pair's itself (rounding outwards would add at most
 * `1/n`). Give quantiles and targets in units of ex-ante volatility, so that calm and violent rows are exchangeable in the
 * first place.
 * @param quantiles `[N, H, Q]`
 * @param targets `[N, H]`; NaN where the future is not there
 * @throws ForecastError `SHAPE_MISMATCH`, `TOO_FEW_ROWS`
 * @see Romano, Patterson, Candès: Conformalized Quantile Regression, NeurIPS 2019, arXiv 1905.03222
 */
export function fitConformalOffsets(
  quantiles: ArrayLike<number>,
  targets: ArrayLike<number>,
  levels: readonly number[],
  horizons: number,
): number[][] {
  const rows = checkShapes(quantiles, targets, levels, horizons)
  const pairs = mirroredLevels(levels)
  return Array.from({ length: horizons }, (_, h) => {
    const offsets = levels.map(() => 0)
    for (const [lower, upper] of pairs) {
      const scores = new Float64Array(rows)
      let n = 0
      for (let row = 0; row < rows; row++) {
        const at = row * horizons + h
        const outcome = targets[at]
        if (Number.isNaN(outcome)) continue
        const quantileAt = at * levels.length
        scores[n++] = Math.max(quantiles[quantileAt + lower] - outcome, outcome - quantiles[quantileAt + upper])
      }
      const amount = conformalQuantile(scores.subarray(0, n).sort(), levels[lower], levels[upper])
      offsets[lower] = -amount
      offsets[upper] = amount
    }
    return offsets
  })
}

/** Positions of the levels τ < ½ whose mirror image 1 − τ is a level too, each with that of its image. */
function mirroredLevels(levels: readonly number[]): [lower: number, upper: number][] {
  return levels.flatMap((level, lower): [number, number][] => {
    const upper = levels.findIndex(other => level < 0.5 && Math.abs(level + other - 1) < 1e-9)
    return upper < 0 ? [] : [[lower, upper]]
  })
}

function conformalQuantile(sorted: Float64Array, lowerLevel: number, upperLevel: number): number {
  const n = sorted.length
  const share = upperLevel - lowerLevel
  const rank = (n + 1) * share
  // 1e-9: (n + 1) · 0.9 may fall short of a whole number by rounding
  if (rank < 1 - 1e-9 || rank > n + 1e-9) {
    const needed = Math.ceil(1 / Math.min(share, 1 - share) - 1e-9) - 1
    throw new ForecastError(
      'TOO_FEW_ROWS',
      `${n} calibration rows cannot tell the interval between the quantiles ${lowerLevel} and ${upperLevel}: at least ${needed} are needed. Lengthen the calibration period.`,
      { rows: n, needed, lowerLevel, upperLevel },
    )
  }
  const below = Math.min(Math.max(Math.floor(rank), 1), n)
  const above = Math.min(below + 1, n)
  const weight = Math.max(rank - below, 0)
  return weight === 0 ? sorted[below - 1] : sorted[below - 1] * (1 - weight) + sorted[above - 1] * weight
}

/**
 * Adds the offsets to each row and sorts the row's quantiles, so that they never cross: sorting ("rearrangement") brings
 * crossing quantile curves closer to the true ones. Returns a new array.
 * @param quantiles `[N, H, Q]`
 * @param offsets `[H][Q]`
 * @throws ForecastError `SHAPE_MISMATCH`
 * @see Chernozhukov, Fernández-Val, Galichon: Quantile and Probability Curves without Crossing, Econometrica 78 (2010)
 */
export function applyOffsets(quantiles: Float32Array, offsets: readonly (readonly number[])[]): Float32Array {
  const H = offsets.length
  const Q = offsets[0]?.length ?? 0
  if (Q === 0 || offsets.some(row => row.length !== Q) || quantiles.length % (H * Q) !== 0) {
    throw new ForecastError(
      'SHAPE_MISMATCH',
      `${quantiles.length} quantiles do not fit offsets of shape [${H}][${offsets.map(row => row.length).join(', ')}].`,
      { quantiles: quantiles.length, horizons: H, levels: Q },
    )
  }
  const out = new Float32Array(quantiles.length)
  for (let at = 0; at < out.length; at += Q) {
    const rowOffsets = offsets[(at / Q) % H]
    for (let q = 0; q < Q; q++) insertSorted(out, at, q, Math.fround(quantiles[at + q] + rowOffsets[q]))
  }
  return out
}

/** Rows are short and nearly always in order: insertion sort costs one comparison per value then. */
function insertSorted(out: Float32Array, start: number, filled: number, value: number): void {
  let q = filled
  while (q > 0 && out[start + q - 1] > value) {
    out[start + q] = out[start + q - 1]
    q--
  }
  out[start + q] = value
}
