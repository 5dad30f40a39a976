import { simulateMarket } from '../../../sdk/candle/simulate-market.ts'
import { compileFeatures, type FeatureProgram } from '../../../sdk/feature/compile-features.ts'
import type { FeatureStream, StreamRow } from '../../../sdk/feature/feature-stream.ts'
import type { FeatureRows } from '../../../sdk/feature/feature-table.ts'
import { RECIPE_FEATURES } from '../../../sdk/feature/recipe-features.ts'
import { HOUR_MS } from '../../../sdk/units.ts'
import { setOf } from '../../fixtures/feature/feature-panel.ts'

/** Simulated anew at most so many candles of a symbol; longer series repeat them. */
const SIMULATED = 50_000
const START_MS = Date.UTC(1990, 0, 1)

/** The recipe's set of 106 for the first `computed` of the symbols, which are the market. */
export const recipeProgram = (market: readonly string[], computed: number): FeatureProgram =>
  compileFeatures({ ...setOf(RECIPE_FEATURES), market }, { symbols: market.slice(0, computed), timeframe: '1h' })

/** Hourly candles of a market as columns. */
export function benchPanel(symbols: readonly string[], candles: number): FeatureRows[] {
  const market = simulateMarket({ symbols, candles: Math.min(candles, SIMULATED), timeframe: '1h', seed: 1 })
  return symbols.map(symbol => {
    const simulated = market.get(symbol)!
    const column = (of: 'open' | 'high' | 'low' | 'close' | 'volume') =>
      Float64Array.from({ length: candles }, (_, t) => simulated[t % simulated.length][of])
    return {
      symbol,
      timeframe: '1h',
      length: candles,
      openTimeMs: Float64Array.from({ length: candles }, (_, t) => START_MS + t * HOUR_MS),
      open: column('open'),
      high: column('high'),
      low: column('low'),
      close: column('close'),
      volume: column('volume'),
    }
  })
}

/** Pushes the ticks `from … to` (exclusive), on candles that are filled anew, so that only the stream could take memory. */
export function pushTicks(stream: FeatureStream, panel: readonly FeatureRows[], from: number, to: number): void {
  const candles = panel.map(
    (): Mutable<StreamRow> => ({ openTimeMs: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 }),
  )
  for (let t = from; t < to; t++) {
    for (let s = 0; s < panel.length; s++) fill(candles[s], panel[s], t)
    stream.push(candles[0].openTimeMs, candles)
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function fill(candle: Mutable<StreamRow>, rows: FeatureRows, t: number): void {
  candle.openTimeMs = rows.openTimeMs[t]
  candle.open = rows.open[t]
  candle.high = rows.high[t]
  candle.low = rows.low[t]
  candle.close = rows.close[t]
  candle.volume = rows.volume[t]
}
