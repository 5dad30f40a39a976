import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { validateCandles } from '../../../../sdk/candle/validate-candles.ts'
import { FeatureError } from '../../../../sdk/errors.ts'
import { computeFeatures, computeFeatureTable } from '../../../../sdk/feature/compute-features.ts'
import type { ObservedFeature } from '../../../../sdk/feature/feature.ts'
import { DEFAULT_FEATURES, FEATURES, findFeature } from '../../../../sdk/feature/registry.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { arbitrarySeries } from '../../../fixtures/arbitrary-candles.ts'
import { formulaSeries } from '../../../fixtures/formula-market.ts'

const thrownBy = (run: () => unknown): FeatureError => {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(FeatureError)
    return error as FeatureError
  }
  throw new Error('nothing was thrown')
}

describe('the registry', () => {
  it('names every feature once, in camelCase, with a unit and a formula', () => {
    const names = FEATURES.map(feature => feature.name)
    expect(new Set(names).size).toBe(names.length)
    for (const feature of FEATURES) {
      expect(feature.name).toMatch(/^[a-z][A-Za-z0-9]*$/)
      expect(feature.unit).not.toBe('')
      expect(feature.formula).not.toBe('')
    }
  })

  it('finds every default feature, observed before known', () => {
    const kinds = DEFAULT_FEATURES.map(name => findFeature(name).kind)
    expect(kinds).toEqual([...kinds].sort().reverse())
  })

  it('refuses an unknown name and lists the known ones', () => {
    const error = thrownBy(() => findFeature('return7'))
    expect(error.code).toBe('UNKNOWN_FEATURE')
    expect(error.message).toContain('"return7"')
    expect(error.message).toContain('return6')
  })
})

describe('computeFeatures', () => {
  it('keeps the order asked for within each kind, and takes the longest warm-up', () => {
    const table = computeFeatures(formulaSeries(200), ['weekSin', 'wick', 'hourCos', 'return24'])
    expect(table.observedNames).toEqual(['wick', 'return24'])
    expect(table.knownNames).toEqual(['weekSin', 'hourCos'])
    expect(table.warmupCandles).toBe(168)
  })

  it('has NaN before each warm-up and finite values after it, on any candles', () => {
    fc.assert(
      fc.property(arbitrarySeries({ minLength: 1, maxLength: 260 }), series => {
        const names = FEATURES.map(feature => feature.name)
        const table = computeFeatures(series, names)
        table.observedNames.forEach((name, f) => {
          const { warmupCandles } = findFeature(name) as ObservedFeature
          const wrong = table.observed[f].findIndex((value, t) => Number.isFinite(value) !== t >= warmupCandles)
          expect(wrong, `${name} at ${wrong} is ${table.observed[f][wrong]}`).toBe(-1)
        })
      }),
      { numRuns: 30 },
    )
  })

  it('gives finite values in a market that stands still', () => {
    const still = Array.from({ length: 300 }, (_, i) => ({
      openTimeMs: Date.UTC(2024, 0, 1) + i * HOUR_MS,
      ...{ open: 2, high: 2, low: 2, close: 2, volume: 0 },
    }))
    const series = validateCandles(still, { symbol: 'OFF/USDT', timeframe: '1h' })
    const table = computeFeatures(series, DEFAULT_FEATURES)
    for (const column of table.observed) expect(Number.isFinite(column[299])).toBe(true)
    expect(table.observed[table.observedNames.indexOf('rangePosition')][299]).toBe(0.5)
  })

  it('does not depend on the unit of the price', () => {
    const series = formulaSeries(400)
    const times1024 = (values: Float64Array): Float64Array => values.map(v => v * 1024)
    const scaled = {
      ...series,
      open: times1024(series.open),
      high: times1024(series.high),
      low: times1024(series.low),
      close: times1024(series.close),
    }
    expect(computeFeatures(scaled, DEFAULT_FEATURES).observed).toEqual(
      computeFeatures(series, DEFAULT_FEATURES).observed,
    )
  })

  it('refuses a feature asked for twice', () => {
    const error = thrownBy(() => computeFeatures(formulaSeries(10), ['body', 'wick', 'body']))
    expect(error.code).toBe('DUPLICATE_FEATURE')
    expect(error.message).toContain('"body"')
  })

  it('names symbol, time and feature of a value that is not finite', () => {
    const broken: ObservedFeature = {
      kind: 'observed',
      name: 'broken',
      unit: 'none',
      formula: '1 / 0',
      warmupCandles: 3,
      compute: (_series, _shared, out) => void out.fill(1 / 0),
    }
    const error = thrownBy(() => computeFeatureTable(formulaSeries(10), [broken]))
    expect(error.code).toBe('NON_FINITE_FEATURE')
    expect(error.message).toContain('FML/USDT 1h 2021-01-01T03:00:00Z: feature "broken" is Infinity')
  })
})
