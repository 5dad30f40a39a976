import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computeFeatures, computePanel, readFeature } from '../../../../sdk/feature/compute-features.ts'
import { DEFAULT_FEATURES } from '../../../../sdk/feature/default-features.ts'
import { knownFeature, observedFeature } from '../../../../sdk/feature/feature.ts'
import { eachRow } from '../../../../sdk/feature/op/each-row.ts'
import { registerFeature } from '../../../../sdk/feature/register-feature.ts'
import { arbitrarySeries } from '../../../fixtures/arbitrary-candles.ts'
import { formulaSeries } from '../../../fixtures/formula-market.ts'

const FACTS = { group: 'shape', summary: 'For a test.', unit: 'none', formula: 'none', parameters: {} } as const

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
        ...FACTS,
        name: 'overNothing',
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

describe('a family of an app', () => {
  it('may name its operations as it likes: none of ours is taken for one of them', () => {
    registerFeature(
      observedFeature({
        ...FACTS,
        name: 'fortyTwo',
        examples: ['fortyTwo'],
        build: scope => {
          const columns = (['open', 'high', 'low', 'close'] as const).map(column => scope.candle(column))
          return eachRow('body', columns, (out, _columns, count) => out.fill(42, 0, count))
        },
      }),
    )
    const series = formulaSeries(300)
    for (const names of [
      ['body', 'fortyTwo'],
      ['fortyTwo', 'body'],
    ]) {
      const { observed, observedNames } = computeFeatures(series, names)
      expect(observed[observedNames.indexOf('fortyTwo')][299]).toBe(42)
      expect(observed[observedNames.indexOf('body')]).toEqual(computeFeatures(series, ['body']).observed[0])
    }
  })

  it('may be named as what columns are called within', () => {
    registerFeature(knownFeature({ ...FACTS, name: 'source', examples: ['source'], at: () => () => 7 }))
    expect(computeFeatures(formulaSeries(300), ['lag(source,1)']).observed[0][299]).toBe(7)
  })
})

describe('candles that are not what features were compiled for', () => {
  it('are refused where they are of another timeframe', () => {
    const program = compileFeatures({ features: ['body'] }, { symbols: ['FML/USDT'], timeframe: '1d' })
    expect(() => computePanel(program, [formulaSeries(10)])).toThrow(
      expect.objectContaining({
        code: 'WRONG_TIMEFRAME',
        details: { symbol: 'FML/USDT', timeframe: '1h', expected: '1d' },
      }),
    )
  })

  it.each([
    ['which the candles come without', {}],
    ['which has 9 values for 10 candles', { fundingRate: new Float64Array(9) }],
    ['which is no Float64Array', { fundingRate: [1, 2, 3] as unknown as Float64Array }],
  ])('are refused with what is wrong with a column: %s', (problem, inputs) => {
    const compute = () => computeFeatures({ ...formulaSeries(10), inputs }, ['funding(1)'])
    expect(compute).toThrow(`needs the column "fundingRate", ${problem}`)
    expect(compute).toThrow(expect.objectContaining({ code: 'MISSING_INPUT' }))
  })

  it('are refused where they come with an input named as a column of their own', () => {
    const inputs = { close: new Float64Array(10).fill(7) }
    expect(() => computeFeatures({ ...formulaSeries(10), inputs }, ['body'])).toThrow(
      expect.objectContaining({ code: 'RESERVED_INPUT', details: { symbol: 'FML/USDT', input: 'close' } }),
    )
  })
})

describe('whether a symbol leads', () => {
  it('is asked of the market, without which there is no answer', () => {
    const features = ['isLeader']
    const leads = (market: readonly string[]) =>
      readFeature(computeFeatures(formulaSeries(10), { features, market }), 'isLeader', 0)
    expect(leads(['FML/USDT', 'BTC/USDT'])).toEqual({ kind: 'value', value: 1 })
    expect(leads(['BTC/USDT', 'FML/USDT'])).toEqual({ kind: 'value', value: 0 })
    expect(() => computeFeatures(formulaSeries(10), features)).toThrow(expect.objectContaining({ code: 'NO_MARKET' }))
  })
})

describe('readFeature', () => {
  const table = computeFeatures(formulaSeries(400), {
    features: ['return(24)', 'weekend', 'isLeader'],
    market: ['BTC/USDT', 'FML/USDT'],
  })

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

  it('says of a feature of time without a value that there is none', () => {
    registerFeature(
      knownFeature({ ...FACTS, name: 'unknownTime', examples: ['unknownTime'], at: () => () => Number.NaN }),
    )
    const unknown = computeFeatures(formulaSeries(10), ['unknownTime'])
    expect(readFeature(unknown, 'unknownTime', 3)).toEqual({ kind: 'none', reason: 'NO_INPUT' })
  })

  it('refuses a feature that the table does not have', () => {
    expect(() => readFeature(table, 'body', 300)).toThrow(expect.objectContaining({ code: 'UNKNOWN_FEATURE' }))
  })
})
