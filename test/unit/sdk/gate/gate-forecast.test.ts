import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError, ForecastError } from '../../../../sdk/errors.ts'
import type { Forecast } from '../../../../sdk/forecast/forecast.ts'
import {
  abstainReasons,
  type GateView,
  gateForecast,
  gateLimits,
  gateSide,
} from '../../../../sdk/gate/gate-forecast.ts'

const thresholds = { minEdgeToCost: 1.5, maxWidthRatio: 1.25, usualWidths: [2, 2.2], note: '' }
// round trip 2 · (5 + 1) = 12 bps, so 18 bps of edge are needed
const costs = { feeBps: 5, slippageBps: 1 }

/** A forecast whose 24-candle horizon has these values; its 1-candle horizon never clears the costs. */
function forecast(view: Partial<GateView> = {}): Forecast {
  const { edgeBps = 30, medianBps = 20, widthRatio = 1 } = view
  const horizon = (horizonCandles: number, expected: number, median: number, width: number) => ({
    horizonCandles,
    endTimeMs: horizonCandles * 3_600_000,
    logReturnQuantiles: [median - 0.02, median, median + 0.02],
    priceQuantiles: [98, 100, 102],
    expectedLogReturn: expected,
    widthRatio: width,
  })
  return {
    symbol: 'BTC/USDT',
    timeframe: '1h',
    asOfMs: 0,
    close: 100,
    volatility: 0.01,
    quantileLevels: [0.1, 0.5, 0.9],
    horizons: [horizon(1, 0.0001, 0.0001, 1), horizon(24, edgeBps / 1e4, medianBps / 1e4, widthRatio)],
    explanation: null,
    model: 'test@1.0.0',
  }
}

describe('gateForecast', () => {
  it('buys when edge, width and median all pass', () => {
    const decision = gateForecast(forecast(), { thresholds, costs })
    expect(decision).toEqual({ kind: 'act', side: 'buy', horizonCandles: 24, edgeBps: 30, costBps: 12, asOfMs: 0 })
  })

  it('sells on a negative edge', () => {
    const decision = gateForecast(forecast({ edgeBps: -30, medianBps: -20 }), { thresholds, costs })
    expect(decision).toMatchObject({ kind: 'act', side: 'sell', edgeBps: -30 })
  })

  it('abstains with the edge, what was needed and the cost', () => {
    const decision = gateForecast(forecast({ edgeBps: 17 }), { thresholds, costs })
    if (decision.kind !== 'abstain') throw new Error('expected an abstention')
    expect(decision.reasons).toHaveLength(1)
    expect(decision.reasons[0]).toMatchObject({
      code: 'EDGE_BELOW_COST',
      text: 'expected +17.0 bps, more than ±18.0 bps needed for a round trip of 12.0 bps',
    })
    expect(decision.reasons[0].value).toBeCloseTo(17, 10)
    expect(decision.reasons[0].limit).toBeCloseTo(18, 10)
  })

  it('gives every reason at once', () => {
    const decision = gateForecast(forecast({ edgeBps: -3, medianBps: 1, widthRatio: 1.4 }), { thresholds, costs })
    if (decision.kind !== 'abstain') throw new Error('expected an abstention')
    expect(decision.reasons.map(r => r.code)).toEqual(['EDGE_BELOW_COST', 'INTERVAL_TOO_WIDE', 'MEDIAN_DISAGREES'])
    expect(decision.reasons[1].text).toBe('80 % interval 1.40 × its usual width, at most 1.25 × allowed')
    expect(decision.reasons[2].text).toBe('median +1.0 bps does not share the sign of the expected −3.0 bps')
  })

  it('judges the horizon that is asked for, by default the longest', () => {
    expect(gateForecast(forecast(), { thresholds, costs, horizonCandles: 1 })).toMatchObject({
      kind: 'abstain',
      horizonCandles: 1,
    })
  })

  it('asks for more edge with a larger multiplier and none at zero', () => {
    expect(gateForecast(forecast(), { thresholds, costs, edgeMultiplier: 2 }).kind).toBe('abstain')
    const tiny = forecast({ edgeBps: 0.1, medianBps: 0.1 })
    expect(gateForecast(tiny, { thresholds, costs, edgeMultiplier: 0 }).kind).toBe('act')
  })

  it('abstains on an edge of exactly zero, whatever the threshold', () => {
    const flat = forecast({ edgeBps: 0, medianBps: 0 })
    expect(gateForecast(flat, { thresholds, costs: { feeBps: 0, slippageBps: 0 } }).kind).toBe('abstain')
  })

  it('refuses an unknown horizon, naming those there are', () => {
    const call = () => gateForecast(forecast(), { thresholds, costs, horizonCandles: 7 })
    expect(call).toThrow(ForecastError)
    expect(call).toThrow('no horizon of 7 candles. It forecasts 1, 24 candles ahead')
  })

  it('refuses a forecast that is not finite, naming symbol, time and field', () => {
    const call = () => gateForecast(forecast({ widthRatio: Number.NaN }), { thresholds, costs })
    expect(call).toThrow('BTC/USDT at 1970-01-01T00:00:00Z: widthRatio of the 24-candle horizon is NaN')
  })

  it('refuses costs and multipliers that are not sensible, quoting the value', () => {
    const withCosts = (feeBps: number) => () =>
      gateForecast(forecast(), { thresholds, costs: { feeBps, slippageBps: 1 } })
    for (const fee of [-1, Number.NaN, Infinity, 10_000]) {
      expect(withCosts(fee)).toThrow(ConfigError)
      expect(withCosts(fee)).toThrow(`costs.feeBps is ${fee}`)
    }
    expect(() => gateForecast(forecast(), { thresholds, costs, edgeMultiplier: -1 })).toThrow('edgeMultiplier is -1')
  })
})

it('the gate acts exactly when there is no reason to abstain', () => {
  const bps = fc.double({ min: -100, max: 100, noNaN: true })
  const limits = gateLimits({ thresholds, costs })
  fc.assert(
    fc.property(bps, bps, fc.double({ min: 0, max: 3, noNaN: true }), (edgeBps, medianBps, widthRatio) => {
      const side = gateSide(edgeBps, medianBps, widthRatio, limits)
      expect(side === 0).toBe(abstainReasons({ edgeBps, medianBps, widthRatio }, limits).length > 0)
      if (side !== 0) {
        expect(side).toBe(Math.sign(edgeBps))
        expect(Math.abs(edgeBps)).toBeGreaterThan(18)
      }
    }),
  )
})

it('a view with NaN never acts', () => {
  const limits = gateLimits({ thresholds, costs, edgeMultiplier: 0 })
  expect(gateSide(Number.NaN, 1, 1, limits)).toBe(0)
  expect(gateSide(1, Number.NaN, 1, limits)).toBe(0)
  expect(gateSide(1, 1, Number.NaN, limits)).toBe(0)
})
