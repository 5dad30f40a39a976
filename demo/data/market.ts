import { type Candle, type Timeframe, timeframeMs } from 'edgequant'

/** The candles of one symbol, contiguous, with what the page derives from them once. */
export interface SymbolCandles {
  readonly symbol: string
  readonly candles: readonly Candle[]
  /** Ex-ante volatility per candle, as the model sees it. */
  readonly volatility: Float64Array
  /** Candles that were missing at the exchange and filled flat. */
  readonly filledCandles: number
}

/** Everything the page may look at. Recorded by an exchange, or simulated: then it says so, visibly. */
export interface Market {
  readonly simulated: boolean
  /** `binance`, `simulator` … */
  readonly source: string
  readonly timeframe: Timeframe
  readonly symbols: ReadonlyMap<string, SymbolCandles>
}

/** Close time of a candle: the moment its values are known. */
export const closeTimeMs = (candle: Candle, timeframe: Timeframe): number => candle.openTimeMs + timeframeMs(timeframe)

/** Index of the newest candle closed at `timeMs`; −1 when there is none. */
export function indexAt(data: SymbolCandles, timeframe: Timeframe, timeMs: number): number {
  const step = timeframeMs(timeframe)
  const index = Math.floor((timeMs - data.candles[0].openTimeMs) / step) - 1
  return Math.min(Math.max(index, -1), data.candles.length - 1)
}

/** Close time of a symbol's newest candle. */
export const endTimeMs = (data: SymbolCandles, timeframe: Timeframe): number =>
  closeTimeMs(data.candles[data.candles.length - 1], timeframe)
