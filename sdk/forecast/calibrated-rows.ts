import type { Manifest } from '../bundle/manifest.ts'
import { applyOffsets } from './calibration.ts'
import type { ForecastSeries } from './forecast.ts'
import { quantileWeights, weightedSum } from './quantile-distribution.ts'

/**
 * Writes an engine's quantiles into the rows of a series of forecasts, from row `startRow` on.
 * @param quantiles `[rows, H, Q]`, in units of the ex-ante volatility of the horizon, before calibration
 */
export type FillRows = (forecasts: ForecastSeries, startRow: number, quantiles: Float32Array) => void

/** Calibrates as the manifest says, brings quantiles to log returns, and compares each row's width with what is usual. */
export function createCalibratedRows({ horizons, quantiles: levels, calibration, gate }: Manifest): FillRows {
  const H = horizons.length
  const Q = levels.length
  const { width80 } = quantileWeights(levels)
  const roots = horizons.map(Math.sqrt)

  return ({ logReturnQuantiles, widthRatio, volatility, firstIndex }, startRow, quantiles) => {
    const calibrated = applyOffsets(quantiles, calibration.offsets) // [rows, H, Q]
    const rows = calibrated.length / (H * Q)
    for (let r = 0; r < rows; r++) {
      const row = startRow + r
      for (let h = 0; h < H; h++) {
        const from = (r * H + h) * Q
        const to = (row * H + h) * Q
        const unit = volatility[firstIndex + row] * roots[h]
        for (let q = 0; q < Q; q++) logReturnQuantiles[to + q] = calibrated[from + q] * unit
        widthRatio[row * H + h] = weightedSum(width80, calibrated, from) / gate.usualWidths[h]
      }
    }
  }
}
