import { describe, expect, it } from 'vitest'
import { gatedForecastStrategy } from '../../../../sdk/backtest/gated-forecast-strategy.ts'
import { runStrategy } from '../../../../sdk/backtest/run-strategy.ts'
import { BacktestError, ForecastError } from '../../../../sdk/errors.ts'
import { createForecastReader } from '../../../../sdk/forecast/forecast-at.ts'
import { gateForecast } from '../../../../sdk/gate/gate-forecast.ts'
import { createRandom } from '../../../../sdk/random.ts'
import { forecastsOf, LEVELS, randomSeries, THRESHOLDS } from './market.ts'

// round trip 2 · (4 + 1) = 10 bps, which the edge must exceed
const costs = { feeBps: 4, slippageBps: 1 }
const common = { thresholds: THRESHOLDS, costs, horizonCandles: 2 }

/** The exposures that the strategy wants, candle by candle. */
function wantedExposures(
  edgesBps: number[],
  options: { allowShort?: boolean; maxExposure?: number; halfWidth?: number } = {},
) {
  const series = randomSeries(edgesBps.length, 1, 1e-5)
  const { halfWidth = 0.02, ...rest } = options
  const strategy = gatedForecastStrategy({
    ...common,
    ...rest,
    forecasts: forecastsOf(series, edgesBps, { halfWidth }),
  })
  const wanted: (number | null)[] = []
  const recorder = {
    name: 'recorder',
    onCandle: (context: Parameters<typeof strategy.onCandle>[0]) => {
      wanted.push(strategy.onCandle(context))
      return null
    },
  }
  runStrategy({ series, strategy: recorder, costs })
  return wanted
}

/** `width` values of the one, then of the other, and so on. */
const interleave = (a: Float32Array, b: Float32Array, width: number): Float32Array =>
  Float32Array.from({ length: 2 * a.length }, (_, i) => {
    const block = Math.floor(i / width)
    return (block % 2 === 0 ? a : b)[Math.floor(block / 2) * width + (i % width)]
  })

describe('gatedForecastStrategy', () => {
  it('wants a quarter of the Kelly fraction when the gate acts', () => {
    // deviation 0.04 / 2.5631 = 0.015606, variance 2.4355e-4; edge 20 bps: 0.25 · 0.002 / 2.4355e-4 is capped at 1;
    // with a half width of 0.05 the variance is 1.52221e-3: 0.25 · 0.002 / 1.52221e-3 = 0.32847
    expect(wantedExposures([20, 0], {})).toEqual([1, null])
    expect(wantedExposures([20, 0], { halfWidth: 0.05 })[0]).toBeCloseTo(0.32847, 4)
    expect(wantedExposures([20, 0], { maxExposure: 0.4 })[0]).toBe(0.4)
  })

  it('holds for the horizon, then closes when the gate abstains', () => {
    expect(wantedExposures([20, 0, 0, 0, 0])).toEqual([1, null, 0, null, null])
  })

  it('renews the holding time with each further act', () => {
    expect(wantedExposures([20, 20, 0, 0, 0])).toEqual([1, 1, null, 0, null])
    expect(wantedExposures([20, 0, 20, 0, 0])).toEqual([1, null, 1, null, 0])
  })

  it('turns on an opposite act where shorts are allowed and closes where they are not', () => {
    expect(wantedExposures([20, -20, 0, 0], { allowShort: true })).toEqual([1, -1, null, 0])
    expect(wantedExposures([20, -20, 0, 0])).toEqual([1, 0, null, 0])
  })

  it('does nothing before the first forecast', () => {
    const series = randomSeries(4, 1)
    const strategy = gatedForecastStrategy({ ...common, forecasts: forecastsOf(series, [20, 20]) })
    const context = { series, positionBase: 0, cashQuote: 1, equityQuote: 1, exposure: 0 }
    expect([0, 1, 2].map(index => strategy.onCandle({ ...context, index }))).toEqual([null, null, 1])
  })

  it('decides exactly as gateForecast does on each row', () => {
    const { normal } = createRandom(3)
    const edges = Array.from({ length: 300 }, () => 12 * normal())
    const series = randomSeries(edges.length, 2)
    const forecasts = forecastsOf(series, edges)
    forecasts.widthRatio.forEach((_, i, all) => {
      all[i] = 1 + 0.5 * normal()
    })
    const strategy = gatedForecastStrategy({ ...common, forecasts })
    const read = createForecastReader({ name: 'test', version: '1.0.0', quantiles: LEVELS })
    const kinds = new Set<string>()
    for (let index = 0; index < series.length; index++) {
      const decision = gateForecast(read(forecasts, index), common)
      const side = decision.kind === 'abstain' ? 0 : decision.side === 'buy' ? 1 : -1
      kinds.add(`${decision.kind}${side}`)
      expect(strategy.sideAt(index)).toBe(side)
      expect(strategy.viewAt(index).edgeBps).toBe(decision.edgeBps)
    }
    expect(kinds).toEqual(new Set(['act1', 'act-1', 'abstain0']))
  })

  it('reads the horizon that it trades and no other', () => {
    const series = randomSeries(3, 1)
    const near = forecastsOf(series, [20, -20, 0], { horizonCandles: 2, halfWidth: 0.01 })
    const far = forecastsOf(series, [-30, 1, 30], { horizonCandles: 6, halfWidth: 0.05, widthRatio: 1.2 })
    const both = {
      ...near,
      horizons: [2, 6],
      logReturnQuantiles: interleave(near.logReturnQuantiles, far.logReturnQuantiles, LEVELS.length),
      widthRatio: interleave(near.widthRatio, far.widthRatio, 1),
    }
    for (const alone of [near, far]) {
      const [horizonCandles] = alone.horizons
      const options = { ...common, horizonCandles, allowShort: true }
      const expected = gatedForecastStrategy({ ...options, forecasts: alone })
      const strategy = gatedForecastStrategy({ ...options, forecasts: both })
      for (let index = 0; index < 3; index++) {
        expect(strategy.viewAt(index)).toEqual(expected.viewAt(index))
        const context = { series, index, positionBase: 0, cashQuote: 1, equityQuote: 1, exposure: 0 }
        expect(strategy.onCandle(context)).toBe(expected.onCandle(context))
      }
    }
  })

  it('refuses an unknown horizon, a senseless cap and forecasts that are not finite', () => {
    const forecasts = forecastsOf(randomSeries(3, 1), [1, Number.NaN, 3])
    expect(() => gatedForecastStrategy({ ...common, forecasts, horizonCandles: 24 })).toThrow(ForecastError)
    expect(() => gatedForecastStrategy({ ...common, forecasts, maxExposure: 1.5 })).toThrow('maxExposure is 1.5')
    expect(() => gatedForecastStrategy({ ...common, forecasts })).toThrow(BacktestError)
    expect(() => gatedForecastStrategy({ ...common, forecasts })).toThrow(
      /edgeBps of the forecast at candle 1 \(1970-01-01T01:00:00Z\) is NaN/,
    )
  })
})
