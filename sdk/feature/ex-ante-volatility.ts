import type { CandleSeries } from '../candle/candle.ts'
import { timeframeMs } from '../units.ts'
import { Graph } from './graph/graph.ts'
import { GraphRun } from './graph/graph-run.ts'
import { Scope } from './graph/scope.ts'
import { SETTLING_CANDLES, volatility } from './shared/volatility.ts'

/**
 * Ex-ante volatility per candle, the unit of forecasts: the same values as a `FeatureTable`'s, without the features.
 * NaN for the first candles. `[T]`
 */
export function exAnteVolatility(series: CandleSeries): Float64Array {
  const graph = new Graph()
  const stepMs = timeframeMs(series.timeframe)
  const scope = new Scope({ graph, stepMs, set: { features: [] }, symbol: series.symbol }, () => {
    throw new Error('The ex-ante volatility is made of no other feature')
  })
  const { id } = volatility(scope)
  const run = new GraphRun(graph, { capacity: series.length, stepMs })
  const rows = run.rows[scope.axis.index]
  rows.count = series.length
  rows.openTimeMs.set(series.openTimeMs)
  for (const source of graph.sources) run.columns[source.id].set(series[source.input as 'close'])
  run.advance()
  return run.columns[id].fill(Number.NaN, 0, Math.min(SETTLING_CANDLES, series.length))
}
