import { describe, expect, it } from 'vitest'
import { arrayCandleSource } from '../../../../sdk/source/array-candle-source.ts'
import { loadCandles } from '../../../../sdk/source/load-candles.ts'
import { MINUTE_MS } from '../../../../sdk/units.ts'

const startMs = Date.UTC(2024, 0, 1)

describe('loadCandles', () => {
  it('takes pages of any size: five months of minutes come at once', async () => {
    const minutes = Array.from({ length: 200_000 }, (_, i) => i)
    const candle = { open: 10, high: 12, low: 9, close: 11, volume: 1 }
    const candles = minutes.map(minute => ({ ...candle, openTimeMs: startMs + minute * MINUTE_MS }))
    const market = { symbol: 'BTC/USDT', timeframe: '1m' } as const
    const source = arrayCandleSource([{ ...market, candles }])
    const toMs = startMs + minutes.length * MINUTE_MS
    const loaded = await loadCandles(source, { ...market, fromMs: startMs, toMs })
    expect(loaded).toHaveLength(200_000)
    expect(loaded[199_999]).toEqual(candles[199_999])
  })
})
