import { type Candle, exAnteVolatility, fillShortGaps, splitAtGaps, type Timeframe, validateCandles } from 'edgequant'
import type { SymbolCandles } from './market.ts'

/** An exchange's maintenance rarely lasts longer; a longer hole is a break in the data. */
const MAX_GAP_CANDLES = 6

/** Fills short gaps, keeps what follows the last long one, validates it as the SDK will, and derives its volatility. */
export function prepareSymbol(symbol: string, timeframe: Timeframe, raw: readonly Candle[]): SymbolCandles {
  const { candles: whole, filled } = fillShortGaps(raw, { timeframe, maxGapCandles: MAX_GAP_CANDLES })
  const candles = splitAtGaps(whole, timeframe).at(-1) ?? []
  const series = validateCandles(candles, { symbol, timeframe })
  return {
    symbol,
    candles,
    volatility: exAnteVolatility(series),
    filledCandles: filled.filter(gap => gap.fromMs >= candles[0].openTimeMs).reduce((sum, gap) => sum + gap.candles, 0),
  }
}
