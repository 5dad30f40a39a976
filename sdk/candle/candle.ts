import type { Timeframe } from '../units.ts'

/** One exchange candle. Its values are available at its close, `openTimeMs + timeframe`. */
export interface Candle {
  /** Opening time, UTC ms. */
  readonly openTimeMs: number
  /** Prices in quote currency, > 0. */
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Traded volume in base currency, ≥ 0. */
  readonly volume: number
}

/**
 * Candles of one symbol, by column; validated: contiguous (exactly one timeframe apart), ordered, finite, closed.
 * Made by `validateCandles` only.
 */
export interface CandleSeries {
  readonly symbol: string
  readonly timeframe: Timeframe
  readonly length: number
  readonly openTimeMs: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}
