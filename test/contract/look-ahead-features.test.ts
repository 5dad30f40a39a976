import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CandleSeries } from '../../sdk/candle/candle.ts'
import { sliceSeries } from '../../sdk/candle/series.ts'
import type { ObservedFeature } from '../../sdk/feature/feature.ts'
import { FEATURES } from '../../sdk/feature/registry.ts'
import { computeSharedSeries } from '../../sdk/feature/shared-series.ts'
import { arbitrarySeries } from '../fixtures/arbitrary-candles.ts'
import { findLongMemory, findLookAhead } from '../fixtures/feature/look-ahead.ts'
import { formulaSeries } from '../fixtures/formula-market.ts'
import { hasMarketData, recordedSeries } from '../fixtures/market-data.ts'

const observed = FEATURES.filter((feature): feature is ObservedFeature => feature.kind === 'observed')

/** Reads one candle too far. */
const nextReturn: ObservedFeature = {
  kind: 'observed',
  name: 'nextReturn',
  unit: 'log return',
  formula: 'ln(close[t+1] / close[t])',
  warmupCandles: 0,
  compute({ close }, _shared, out) {
    for (let t = 0; t < out.length; t++) out[t] = Math.log((close[t + 1] ?? close[t]) / close[t])
  },
}

/** The subtle kind: each value is its own candle's, divided by a mean over all of them. */
const volumeOverGrandMean: ObservedFeature = {
  kind: 'observed',
  name: 'volumeOverGrandMean',
  unit: 'ratio',
  formula: 'volume[t] / mean(volume)',
  warmupCandles: 0,
  compute({ volume }, _shared, out) {
    const mean = volume.reduce((sum, v) => sum + v, 0) / volume.length
    for (let t = 0; t < out.length; t++) out[t] = volume[t] / (mean + 1)
  },
}

/** Causal, but every value hangs on where the history begins. */
const runningVolume: ObservedFeature = {
  kind: 'observed',
  name: 'runningVolume',
  unit: 'base',
  formula: 'Σ volume[0 … t]',
  warmupCandles: 0,
  compute({ volume }, _shared, out) {
    let sum = 0
    for (let t = 0; t < out.length; t++) out[t] = sum += volume[t]
  },
}

const cutsOf = ({ length }: CandleSeries): number[] =>
  [1, 100, 169, 170, 300, 337, 555, length - 1].filter(c => c < length)

describe.each(observed.map(feature => [feature.name, feature] as const))('%s', (_name, feature) => {
  it('has the same bits on data cut after t as on the whole series', () => {
    const series = formulaSeries(700)
    for (const end of cutsOf(series)) expect(findLookAhead(series, [feature], end)).toEqual([])
  })

  it('has the same bits wherever the history begins, once warmed up', () => {
    const series = formulaSeries(700)
    for (const start of cutsOf(series)) expect(findLongMemory(series, [feature], start)).toEqual([])
  })
})

describe('all registered features', () => {
  it('know neither later nor earlier candles, on any candles whatever', () => {
    const cases = fc.record({
      series: arbitrarySeries({ minLength: 180, maxLength: 420 }),
      end: fc.double({ min: 0.4, max: 0.99, noNaN: true }),
      start: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    })
    fc.assert(
      fc.property(cases, ({ series, end, start }) => {
        expect(findLookAhead(series, observed, Math.floor(series.length * end))).toEqual([])
        expect(findLongMemory(series, observed, Math.ceil(series.length * start))).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  it('scale by a volatility that knows no later candle', () => {
    const series = formulaSeries(500)
    const whole = computeSharedSeries(series).volatility
    for (const end of cutsOf(series)) {
      expect(computeSharedSeries(sliceSeries(series, 0, end)).volatility).toEqual(whole.slice(0, end))
    }
  })
})

describe('the look-ahead check itself', () => {
  it('catches a feature that reads the next candle', () => {
    expect(findLookAhead(formulaSeries(400), [...observed, nextReturn], 300)).toMatchObject([
      { feature: 'nextReturn', index: 299 },
    ])
  })

  it('catches a feature that is scaled by a mean over all candles', () => {
    expect(findLookAhead(formulaSeries(400), [...observed, volumeOverGrandMean], 300)).toMatchObject([
      { feature: 'volumeOverGrandMean', index: 0 },
    ])
  })

  it('catches a feature whose values hang on where the history begins', () => {
    expect(findLongMemory(formulaSeries(400), [...observed, runningVolume], 50)).toMatchObject([
      { feature: 'runningVolume', index: 50 },
    ])
  })
})

describe.skipIf(!hasMarketData('look-ahead of features on recorded candles'))('on recorded candles', () => {
  it.each(['BTCUSDT', 'DOGEUSDT'])('no feature of %s knows later or earlier candles', pair => {
    const series = recordedSeries(pair, 6000)
    for (const end of [400, 1234, 5999]) expect(findLookAhead(series, observed, end)).toEqual([])
    for (const start of [1, 167, 4321]) expect(findLongMemory(series, observed, start)).toEqual([])
  })

  it('a planted leak is caught on them too', () => {
    expect(findLookAhead(recordedSeries('BTCUSDT', 1000), [nextReturn], 700)).toMatchObject([
      { feature: 'nextReturn', index: 699 },
    ])
  })
})
