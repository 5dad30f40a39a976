import type { Candle, CandleSeries } from '../candle/candle.ts'
import { validateRows } from '../candle/validate-rows.ts'
import type { FeatureRows } from '../feature/feature-table.ts'
import type { ForecastInputs } from './forecaster.ts'

/** What a bundle's features may need besides the symbol's own candles. */
export interface ForecastContext {
  /** Closed candles of other symbols, oldest first, by symbol, over the same time; candles may be missing. */
  readonly candles?: Readonly<Record<string, readonly Candle[]>>
  /** Further columns by symbol and name, one value per candle of that symbol; NaN where it is not known. */
  readonly inputs?: Readonly<Record<string, Readonly<Record<string, Float64Array>>>>
}

/** @throws CandleError where another symbol's candles are not sound */
export function toForecastInputs(
  series: CandleSeries,
  { candles = {}, inputs = {} }: ForecastContext = {},
  nowMs?: number,
): ForecastInputs {
  const withInputs = (rows: CandleSeries): FeatureRows => {
    const columns = inputs[rows.symbol]
    return columns ? { ...rows, inputs: columns } : rows
  }
  const others = Object.entries(candles).filter(([symbol]) => symbol !== series.symbol)
  const { timeframe } = series
  return {
    series: withInputs(series),
    panel: others.map(([symbol, rows]) =>
      withInputs(validateRows(rows, { symbol, timeframe, ...(nowMs === undefined ? {} : { nowMs }) })),
    ),
  }
}
