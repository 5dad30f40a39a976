import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeFeatures, readFeature } from '../../../../sdk/feature/compute-features.ts'
import { DEFAULT_FEATURES } from '../../../../sdk/feature/default-features.ts'
import { observedFeature } from '../../../../sdk/feature/feature.ts'
import { eachRow } from '../../../../sdk/feature/op/each-row.ts'
import { registerFeature } from '../../../../sdk/feature/register-feature.ts'
import { arbitrarySeries } from '../../../fixtures/arbitrary-candles.ts'
import { formulaSeries } from '../../../fixtures/formula-market.ts'

describe('computeFeatures', () => {
  it('has no values before each warm-up and finite ones after it, on any candles', () => {
    fc.assert(
      fc.property(arbitrarySeries({ minLength: 1, maxLength: 260 }), series => {
        const table = computeFeatures(series, DEFAULT_FEATURES)
        table.observedFeatures.forEach(({ name, warmupCandles }, f) => {
          const wrong = table.observed[f].findIndex((value, t) => Number.isFinite(value) !== t >= warmupCandles)
          expect(wrong, `${name} at ${wrong} is ${table.observed[f][wrong]}`).toBe(-1)
        })
      }),
      { numRuns: 30 },
    )
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

  it('names symbol, time and feature of a value that is not finite', () => {
    registerFeature(
      observedFeature({
        name: 'overNothing',
        group: 'shape',
        summary: 'A feature that is wrong.',
        unit: 'none',
        formula: 'close / 0',
        parameters: {},
        examples: ['overNothing'],
        build: scope =>
          eachRow('overNothing', [scope.candle('close')], (out, [close], count) => {
            for (let i = 0; i < count; i++) out[i] = close[i] / 0
          }),
      }),
    )
    const compute = () => computeFeatures(formulaSeries(10), ['body', 'overNothing'])
    expect(compute).toThrow('FML/USDT 1h 2021-01-01T00:00:00Z: feature "overNothing" is Infinity')
    expect(compute).toThrow(expect.objectContaining({ code: 'NON_FINITE_FEATURE' }))
  })
})

describe('readFeature', () => {
  const table = computeFeatures(formulaSeries(400), ['return(24)', 'weekend', 'isLeader'])

  it('gives a feature of any kind at a candle', () => {
    expect(readFeature(table, 'return(24)', 300)).toEqual({ kind: 'value', value: table.observed[0][300] })
    // 2021-01-01 was a Friday
    expect(readFeature(table, 'weekend', 23)).toEqual({ kind: 'value', value: 0 })
    expect(readFeature(table, 'weekend', 24)).toEqual({ kind: 'value', value: 1 })
    expect(readFeature(table, 'isLeader', 0)).toEqual({ kind: 'value', value: 0 })
  })

  it('says how many candles are missing before there is a value', () => {
    expect(readFeature(table, 'return(24)', 100)).toEqual({ kind: 'none', reason: 'WARM_UP', candlesMissing: 68 })
  })

  it('refuses a feature that the table does not have', () => {
    expect(() => readFeature(table, 'body', 300)).toThrow(expect.objectContaining({ code: 'UNKNOWN_FEATURE' }))
  })
})
