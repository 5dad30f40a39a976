import { ForecastError } from '../errors.ts'

/**
 * Pinball (quantile) loss of one quantile forecast: `level · (y − q)` where the outcome lies above the quantile,
 * `(1 − level) · (q − y)` where it lies below. In the unit of the outcome; its expectation is least at the true quantile.
 * @see Koenker & Bassett: Regression Quantiles, Econometrica 46 (1978)
 */
export function pinballLoss(level: number, outcome: number, quantile: number): number {
  const error = outcome - quantile
  return error >= 0 ? level * error : (level - 1) * error
}

/**
 * Mean pinball loss over rows and levels, one value per horizon, in the unit of the outcomes. Rows whose outcome is NaN
 * (the future is not there yet) do not count; a horizon without any outcome gives NaN.
 * @param quantiles `[N, H, Q]`
 * @param outcomes `[N, H]`
 * @param levels quantile levels, `[Q]`
 * @param horizons H
 * @throws ForecastError `SHAPE_MISMATCH`
 */
export function meanPinball(
  quantiles: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  levels: readonly number[],
  horizons: number,
): number[] {
  const rows = checkShapes(quantiles, outcomes, levels, horizons)
  const Q = levels.length
  return Array.from({ length: horizons }, (_, h) => {
    let sum = 0
    let counted = 0
    for (let n = 0; n < rows; n++) {
      const outcome = outcomes[n * horizons + h]
      if (Number.isNaN(outcome)) continue
      counted++
      const at = (n * horizons + h) * Q
      for (let q = 0; q < Q; q++) sum += pinballLoss(levels[q], outcome, quantiles[at + q])
    }
    return sum / (counted * Q)
  })
}

/**
 * Share of outcomes at or below each quantile, `[H][Q]`: equals the level where a forecast is calibrated. Rows whose
 * outcome is NaN do not count; a horizon without any outcome gives NaN.
 * @param quantiles `[N, H, Q]`
 * @param outcomes `[N, H]`
 * @throws ForecastError `SHAPE_MISMATCH`
 */
export function quantileCoverage(
  quantiles: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  levels: readonly number[],
  horizons: number,
): number[][] {
  const rows = checkShapes(quantiles, outcomes, levels, horizons)
  const Q = levels.length
  return Array.from({ length: horizons }, (_, h) => {
    const below = new Array<number>(Q).fill(0)
    let counted = 0
    for (let n = 0; n < rows; n++) {
      const outcome = outcomes[n * horizons + h]
      if (Number.isNaN(outcome)) continue
      counted++
      const at = (n * horizons + h) * Q
      for (let q = 0; q < Q; q++) if (outcome <= quantiles[at + q]) below[q]++
    }
    return below.map(count => count / counted)
  })
}

/** Number of rows N of quantiles `[N, H, Q]` with outcomes `[N, H]`. */
export function checkShapes(
  quantiles: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  levels: readonly number[],
  horizons: number,
): number {
  const rows = outcomes.length / horizons
  if (!Number.isInteger(rows) || quantiles.length !== outcomes.length * levels.length) {
    throw new ForecastError(
      'SHAPE_MISMATCH',
      `${quantiles.length} quantiles and ${outcomes.length} outcomes do not fit ${horizons} horizons and ` +
        `${levels.length} levels: expected quantiles [N, H, Q] and outcomes [N, H].`,
      { quantiles: quantiles.length, outcomes: outcomes.length, horizons, levels: levels.length },
    )
  }
  return rows
}
