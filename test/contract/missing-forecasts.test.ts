import { beforeAll, describe, expect, it } from 'vitest'
import { gatedForecastStrategy } from '../../sdk/backtest/gated-forecast-strategy.ts'
import { runStrategy } from '../../sdk/backtest/run-strategy.ts'
import { ForecastError } from '../../sdk/errors.ts'
import type { ForecastSeries } from '../../sdk/forecast/forecast.ts'
import type { Predictor } from '../../sdk/forecast/predictor.ts'
import { featureSpecs } from '../fixtures/feature/feature-specs.ts'
import { tinyManifest } from '../fixtures/tiny-bundle.ts'
import { tinyPredictor, tinySeries } from '../fixtures/tiny-predictor.ts'

const LENGTH = 260
/** Funding is not known at one hour: the windows of six candles over it have no forecast. */
const HOLE = 220
const HIT = [220, 221, 222, 223, 224, 225]

const series = {
  ...tinySeries(LENGTH),
  inputs: { fundingRate: Float64Array.from({ length: LENGTH }, (_, t) => (t === HOLE ? Number.NaN : 1e-4 * (t % 7))) },
}

let predictor: Predictor
let forecasts: ForecastSeries
beforeAll(async () => {
  predictor = await tinyPredictor(bundle => ({
    ...bundle,
    manifest: {
      ...bundle.manifest,
      features: featureSpecs(['return(1)', 'funding(1)', 'hourSin(1)', 'hourCos(1)']),
    },
  }))
  forecasts = await predictor.predictSeries({ series })
})

describe('a series of forecasts over an hour at which a column is not known', () => {
  it('leaves out the candles whose lookback holds it, and no others', () => {
    const missing = [...forecasts.missing.keys()].filter(row => forecasts.missing[row] === 1)
    expect(missing.map(row => row + forecasts.firstIndex)).toEqual(HIT)
    const cells = forecasts.logReturnQuantiles.length / forecasts.missing.length
    forecasts.logReturnQuantiles.forEach((value, i) => {
      expect(Number.isNaN(value)).toBe(forecasts.missing[Math.floor(i / cells)] === 1)
    })
  })

  it('is the same elsewhere as with every hour known but for the candles after it', async () => {
    const whole = await predictor.predictSeries({
      series: { ...series, inputs: { fundingRate: series.inputs.fundingRate.map(v => (Number.isNaN(v) ? 0 : v)) } },
    })
    for (const index of [HOLE - 1, HOLE + 6, LENGTH - 1]) {
      expect(predictor.forecastAt(forecasts, index)).toEqual(predictor.forecastAt(whole, index))
    }
  })

  it('has no forecast to read there, and says why', () => {
    expect(() => predictor.forecastAt(forecasts, HOLE)).toThrow(ForecastError)
    expect(() => predictor.forecastAt(forecasts, HOLE)).toThrow('a feature had no value within its lookback')
  })

  it('is traded: the strategy abstains there', () => {
    const costs = { feeBps: 0, slippageBps: 0 }
    const strategy = gatedForecastStrategy({
      forecasts,
      costs,
      thresholds: { ...tinyManifest().gate, minEdgeToCost: 0, maxWidthRatio: 100 },
      horizonCandles: 1,
      allowShort: true,
    })
    expect(HIT.map(index => strategy.sideAt(index))).toEqual(HIT.map(() => 0))
    expect(strategy.sideAt(HOLE - 1)).not.toBe(0)
    const run = runStrategy({ series, strategy, costs, startIndex: forecasts.firstIndex, allowShort: true })
    expect(run.equity.every(Number.isFinite)).toBe(true)
  })
})
