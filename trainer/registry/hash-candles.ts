import { createHash } from 'node:crypto'
import type { Candle } from '../../sdk/candle/candle.ts'

/** SHA-256 over symbols and candles, in order: two runs with the same hash saw the same data. */
export function hashCandles(
  files: readonly { readonly symbol: string; readonly timeframe: string; readonly candles: readonly Candle[] }[],
): string {
  const hash = createHash('sha256')
  for (const { symbol, timeframe, candles } of files) {
    hash.update(`${symbol} ${timeframe} ${candles.length}\n`)
    const values = new Float64Array(candles.length * 6)
    candles.forEach(({ openTimeMs, open, high, low, close, volume }, i) => {
      values.set([openTimeMs, open, high, low, close, volume], i * 6)
    })
    hash.update(values)
  }
  return hash.digest('hex')
}
