import { rowsWithin, sliceRows } from '../feature/slice-rows.ts'
import type { ForecastInputs } from './forecaster.ts'

/**
 * What a forecast at the newest candle is made from: no more candles than it remembers, since older ones change nothing, and
 * of other symbols none that came later, which a forecast must not see.
 */
export function newestPart(
  { series, panel = [] }: ForecastInputs,
  candlesRemembered: number,
): Required<ForecastInputs> {
  const from = Math.max(0, series.length - candlesRemembered)
  const newestMs = series.openTimeMs[series.length - 1]
  const oldestMs = from > 0 ? series.openTimeMs[from] : Number.NEGATIVE_INFINITY
  return {
    series: from > 0 ? sliceRows(series, from, series.length) : series,
    panel: panel.filter(rows => rows.symbol !== series.symbol).map(rows => rowsWithin(rows, oldestMs, newestMs)),
  }
}
