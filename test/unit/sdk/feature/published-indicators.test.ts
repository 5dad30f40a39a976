import { describe, expect, it } from 'vitest'
import { FeatureError } from '../../../../sdk/errors.ts'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computeFeatures, computePanel } from '../../../../sdk/feature/compute-features.ts'
import { FeatureStream } from '../../../../sdk/feature/feature-stream.ts'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { indicatorFamily } from '../../../../sdk/feature/indicator-family.ts'
import { integer } from '../../../../sdk/feature/parameters.ts'
import { loadPublishedIndicators, publishedFamilies } from '../../../../sdk/feature/published-indicators.ts'
import { registerFeature } from '../../../../sdk/feature/register-feature.ts'
import { findFamily } from '../../../../sdk/feature/registry.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { findLookAhead } from '../../../fixtures/feature/look-ahead.ts'
import { formulaCandles, formulaSeries } from '../../../fixtures/formula-market.ts'
import { hasMarketData, recordedSeries } from '../../../fixtures/market-data.ts'

const published = await publishedFamilies()
const names = published.flatMap(family => family.examples)

function rowsOf(close: readonly number[], high = close, low = close, volume = close.map(() => 1)): FeatureRows {
  const [c, h, l, v] = [close, high, low, volume].map(values => Float64Array.from(values))
  const openTimeMs = Float64Array.from(close, (_, i) => i * HOUR_MS)
  return {
    symbol: 'VEC/USDT',
    timeframe: '1h',
    length: c.length,
    openTimeMs,
    open: c,
    high: h,
    low: l,
    close: c,
    volume: v,
  }
}

describe('indicators of trading-signals', async () => {
  await loadPublishedIndicators()

  it('are registered once, however often they are loaded', async () => {
    await loadPublishedIndicators()
    for (const family of published) expect(findFamily(family.name)).toBe(family)
  })

  it('have the values printed in Achelis (2001), Technical Analysis from A to Z', () => {
    // p. 354, and the companion spreadsheet; as in the tests of TulipCharts/tulipindicators
    const filter = rowsOf([44.3125, 44.125, 45.0625, 44.8125, 44.8125, 45.25, 46.125, 47.375, 49])
    const kept = computeFeatures(filter, ['verticalHorizontalFilter(5)']).observed[0]
    ;[0.6207, 0.525, 0.9111, 1].forEach((printed, i) => {
      expect(Math.abs(kept[5 + i] - printed)).toBeLessThan(0.5001e-4)
    })
    const high = [24.4375, 24.3125, 24.8125, 24.875, 24.3125, 24.5, 25.75, 25.5, 26.375, 26.875, 26.25, 26.125, 25.25]
    high.push(25.625, 25.75, 25.6875, 24.6875, 24.3125, 24, 23, 23.25, 22.625, 23.1875, 22.5, 22.5, 22.375, 21.875)
    high.push(21.5625, 21, 19.75, 21.9375, 22.875)
    const low = [23.75, 23.25, 23.625, 24.125, 23.8125, 23.75, 24.4375, 24.5625, 25.375, 26.0625, 25.6875, 24.5625]
    low.push(23.875, 24.75, 25.25, 24.5, 23.125, 23.0625, 23, 21.25, 22.125, 20.5625, 21.75, 21.4375, 21.875, 21.6875)
    low.push(20.4375, 20.6875, 20.3125, 18.6875, 19.6875, 22)
    const close = [23.875, 23.8125, 24.625, 24.3125, 23.9375, 24.4375, 25, 24.875, 26.375, 26.1875, 25.9375, 24.6875]
    close.push(24.75, 25.3125, 25.4375, 24.5625, 23.6875, 23.25, 23, 22.25, 22.75, 21.25, 22.4375, 21.875, 22.4375)
    close.push(22.0625, 21.125, 21, 20.5625, 19.3125, 21.9375, 22.125)
    const ultimate = computeFeatures(rowsOf(close, high, low), ['ultimateOscillator(7,14,28)']).observed[0]
    ;[46.441, 42.717, 55.0644, 51.8299].forEach((printed, i) => {
      expect(Math.abs(ultimate[28 + i] - printed)).toBeLessThan(0.5001e-4)
    })
  })

  it('know no later candle: data cut at t give the same bits', () => {
    const series = formulaSeries(300)
    const program = compileFeatures({ features: names }, { symbols: ['FML/USDT'], timeframe: '1h' })
    for (const end of [60, 150, 299]) {
      expect(findLookAhead(program, [series], series.openTimeMs[end])).toEqual([])
    }
  })

  it('have values from the end of the warm-up on, candle by candle the same as all at once', () => {
    const series = formulaSeries(300)
    const program = compileFeatures({ features: names }, { symbols: ['FML/USDT'], timeframe: '1h' })
    const [table] = computePanel(program, [series])
    table.observedFeatures.forEach(({ name, warmupCandles }, f) => {
      const first = table.observed[f].findIndex(value => !Number.isNaN(value))
      expect(first, name).toBe(warmupCandles)
    })
    const stream = new FeatureStream(program)
    formulaCandles(300).forEach((candle, t) => {
      stream.push(candle.openTimeMs, [candle])
      expect([...stream.values[0]]).toEqual(table.observed.map(column => column[t]))
    })
  })

  it('say in edges what they are in a market that stands still', () => {
    const still = rowsOf(Array.from({ length: 300 }, () => 2))
    const table = computeFeatures(still, names)
    const values = table.observed.map(column => column[299])
    const expected = names.map(name => (name.startsWith('ultimateOscillator') ? 50 : 0))
    expect(values).toEqual(expected)
  })
})

describe.skipIf(!hasMarketData('indicators of trading-signals with shorter histories'))('on BTC/USDT they', () => {
  it('depend on memoryCandles within 1e-9', async () => {
    await loadPublishedIndicators()
    const series = recordedSeries('BTCUSDT', 3_000)
    const cut = 1_000
    const late: FeatureRows = {
      ...{ symbol: series.symbol, timeframe: series.timeframe, length: series.length - cut },
      openTimeMs: series.openTimeMs.subarray(cut),
      open: series.open.subarray(cut),
      high: series.high.subarray(cut),
      low: series.low.subarray(cut),
      close: series.close.subarray(cut),
      volume: series.volume.subarray(cut),
    }
    const [long, short] = [series, late].map(rows => computeFeatures(rows, names))
    long.observedFeatures.forEach(({ name, memoryCandles }, f) => {
      for (let t = cut + memoryCandles; t < series.length; t++) {
        const difference = Math.abs(long.observed[f][t] - short.observed[f][t - cut])
        if (!(difference <= 1e-9)) expect.fail(`${name} at ${t} differs by ${difference}`)
      }
    })
  })
})

describe('indicatorFamily', () => {
  it('makes a feature of any object that takes values one by one', () => {
    registerFeature(
      indicatorFamily({
        name: 'countedCandles',
        summary: 'How many candles there were, at most.',
        unit: 'candles',
        formula: 'min(t + 1, most)',
        parameters: { most: integer({ min: 1, max: 10 }) },
        examples: ['countedCandles(3)'],
        create: ({ most }) => {
          let seen = 0
          return { getRequiredInputs: () => 2, add: (_close: number) => (++seen < 2 ? null : Math.min(seen, most)) }
        },
        input: ({ close }) => close,
        value: result => (result === 3 ? Number.POSITIVE_INFINITY : result),
        memoryCandles: () => 2,
      }),
    )
    const { observed, observedFeatures } = computeFeatures(rowsOf([1, 1, 1, 1]), ['countedCandles(4)'])
    expect([...observed[0]]).toEqual([Number.NaN, 2, Number.NaN, 4])
    expect(observedFeatures[0]).toMatchObject({ warmupCandles: 1, memoryCandles: 2, exactMemory: false })
    expect(() => computeFeatures(rowsOf([1]), ['countedCandles(11)'])).toThrow(FeatureError)
  })
})
