import type { Forecast } from 'edgequant'
import { describe, expect, it } from 'vitest'
import { fanShape } from '../../../demo/chart/fan-shape.ts'

const horizon = (horizonCandles: number, logReturnQuantiles: number[]): Forecast['horizons'][number] => ({
  horizonCandles,
  endTimeMs: horizonCandles * 3_600_000,
  logReturnQuantiles,
  priceQuantiles: logReturnQuantiles.map(r => 100 * Math.exp(r)),
  expectedLogReturn: 0,
  widthRatio: 1,
})

const forecast: Forecast = {
  symbol: 'BTC/USDT',
  timeframe: '1h',
  asOfMs: 0,
  close: 100,
  volatility: 0.01,
  quantileLevels: [0.05, 0.25, 0.5, 0.75, 0.95],
  horizons: [horizon(4, [-0.04, -0.02, 0.01, 0.02, 0.04]), horizon(16, [-0.08, -0.04, 0.02, 0.05, 0.1])],
  explanation: null,
  model: 'test@1.0.0',
}

describe('fanShape', () => {
  const shape = fanShape(forecast, ms => `${ms / 3_600_000} h`)

  it('starts at the close and passes through every quantile at its horizon', () => {
    const { low, high } = shape.bands[0]
    expect([low.prices[0], high.prices[0], shape.median.prices[0]]).toEqual([100, 100, 100])
    expect(low.prices[4]).toBeCloseTo(100 * Math.exp(-0.04), 10)
    expect(high.prices[16]).toBeCloseTo(100 * Math.exp(0.1), 10)
    expect(shape.median.prices[16]).toBeCloseTo(100 * Math.exp(0.02), 10)
  })

  it('widens with the square root of time between horizons', () => {
    // At offset 9, √9 lies half-way between √4 and √16.
    expect(Math.log(shape.bands[0].high.prices[9] / 100)).toBeCloseTo((0.04 + 0.1) / 2, 10)
    expect(Math.log(shape.bands[0].high.prices[1] / 100)).toBeCloseTo(0.02, 10)
  })

  it('pairs the levels into bands, the widest first, and names the horizons', () => {
    expect(shape.bands.map(band => Math.round(100 * band.share))).toEqual([90, 50])
    expect(shape.horizons).toEqual([
      { offset: 4, label: '4 h' },
      { offset: 16, label: '16 h' },
    ])
  })
})
