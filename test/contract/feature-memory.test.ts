import { describe, expect, it } from 'vitest'
import { FeatureStream } from '../../sdk/feature/feature-stream.ts'
import { benchPanel, pushTicks, recipeProgram } from '../bench/features/market.ts'
import { liveBytes } from '../fixtures/live-memory.ts'

describe('a stream of features', () => {
  it('keeps as much after 40,000 candles of three symbols as after 12,000', () => {
    const market = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']
    const panel = benchPanel(market, 40_000)
    const stream = new FeatureStream(recipeProgram(market, 3))
    // longer than the longest memory: 32 half-lives of 336 candles
    pushTicks(stream, panel, 0, 12_000)
    const before = liveBytes()
    pushTicks(stream, panel, 12_000, 40_000)
    // a value kept for each candle would be 28,000 · 8 bytes
    expect(liveBytes() - before).toBeLessThan(100_000)
    expect(stream.values[0].every(Number.isFinite)).toBe(true)
  })
})
