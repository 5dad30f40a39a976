import type { Candle, CandleSeries } from '../candle/candle.ts'
import { validateRows } from '../candle/validate-rows.ts'
import { FeatureError } from '../errors.ts'
import type { FeatureRows } from '../feature/feature-table.ts'
import type { ForecastInputs } from './forecaster.ts'

/** What a bundle's features may need besides the symbol's own candles. */
export interface ForecastContext {
  /** Closed candles of other symbols, oldest first, by symbol, over the same time; candles may be missing. */
  readonly candles?: Readonly<Record<string, readonly Candle[]>>
  /** Further columns by symbol and name, one value per candle of that symbol; NaN where it is not known. */
  readonly inputs?: Readonly<Record<string, Readonly<Record<string, Float64Array>>>>
}

/** @throws CandleError where another symbol's candles are not sound; FeatureError `INPUT_LENGTH`, `INPUT_TYPE` */
export function toForecastInputs(
  series: CandleSeries,
  { candles = {}, inputs = {} }: ForecastContext = {},
  nowMs?: number,
): ForecastInputs {
  const withInputs = (rows: CandleSeries): FeatureRows => {
    const columns = inputs[rows.symbol]
    if (!columns) return rows
    checkColumns(rows, columns)
    return { ...rows, inputs: columns }
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

/** A column of another length would be read at other candles than its own. */
function checkColumns({ symbol, length }: CandleSeries, columns: Readonly<Record<string, unknown>>): void {
  for (const [input, column] of Object.entries(columns)) {
    if (!(column instanceof Float64Array)) {
      const found = Object.prototype.toString.call(column).slice('[object '.length, -1)
      throw new FeatureError(
        'INPUT_TYPE',
        `${symbol}: the column "${input}" is of the type ${found}; expected a Float64Array, one value per candle. Make it one: Float64Array.from(values).`,
        { symbol, input, found },
      )
    }
    if (column.length !== length) {
      throw new FeatureError(
        'INPUT_LENGTH',
        `${symbol}: the column "${input}" has ${column.length} values for ${length} candles; give one per candle, NaN where it is not known.`,
        { symbol, input, given: column.length, needed: length },
      )
    }
  }
}
