import { describe, expect, it } from 'vitest'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { DEFAULT_FEATURES } from '../../../../sdk/feature/default-features.ts'
import { formatExpression, parseExpression } from '../../../../sdk/feature/expression.ts'
import { FEATURE_GROUPS } from '../../../../sdk/feature/feature.ts'
import { registerFeature } from '../../../../sdk/feature/register-feature.ts'
import { FAMILIES, findFamily } from '../../../../sdk/feature/registry.ts'
import { resolveFeature } from '../../../../sdk/feature/resolve-feature.ts'
import { EXAMPLES } from '../../../fixtures/feature/feature-panel.ts'

const compile = (features: readonly string[], symbols: readonly string[] = ['BTC/USDT']) =>
  compileFeatures({ features, market: ['BTC/USDT', 'ETH/USDT'] }, { symbols, timeframe: '1h' })

describe('the registry', () => {
  it('has every family once, with its facts and at least one example of its own, written as it is always written', () => {
    expect(new Set(FAMILIES.map(family => family.name)).size).toBe(FAMILIES.length)
    for (const family of FAMILIES) {
      expect(family.name).toMatch(/^[a-z][A-Za-z0-9]*$/)
      expect(FEATURE_GROUPS).toContain(family.group)
      for (const fact of [family.summary, family.unit, family.formula]) expect(fact, family.name).not.toBe('')
      expect(family.examples.length, family.name).toBeGreaterThan(0)
      for (const example of family.examples) {
        expect(formatExpression(parseExpression(example))).toBe(example)
        expect(resolveFeature(example).family).toBe(family)
      }
    }
    expect(new Set(EXAMPLES).size).toBe(EXAMPLES.length)
  })

  it('takes an app’s own family, once', () => {
    const family = { ...findFamily('body'), name: 'appBody', examples: ['appBody'] }
    registerFeature(family)
    expect(compile(['appBody']).observed[0][0].name).toBe('appBody')
    expect(() => registerFeature(family)).toThrow(expect.objectContaining({ code: 'DUPLICATE_FAMILY' }))
    expect(() => registerFeature({ ...family, name: 'App' })).toThrow(
      expect.objectContaining({ code: 'BAD_FEATURE_NAME' }),
    )
  })
})

describe('a compiled feature set', () => {
  it('keeps the order asked for within each kind, and names features in the one way they are written', () => {
    const program = compile(['weekSin(1)', 'wick', ' return( 24 )', 'hourCos(1)'])
    expect(program.observed[0].map(feature => feature.name)).toEqual(['wick', 'return(24)'])
    expect(program.known[0].map(feature => feature.name)).toEqual(['weekSin(1)', 'hourCos(1)'])
    expect(program.set.features).toEqual(['weekSin(1)', 'wick', 'return(24)', 'hourCos(1)'])
  })

  it('computes what its features share once, and nothing that they do not need', () => {
    const nodes = (features: readonly string[]) => compile(features).graph.nodes.length
    const [neither, one, both] = [
      nodes([]),
      nodes(['parkinson(6,0.05)']),
      nodes(['parkinson(6,0.05)', 'parkinson(24,0.05)']),
    ]
    expect(one - neither).toBeGreaterThan(4)
    expect(both - one).toBe(2)
    expect(nodes(['body'])).toBeLessThan(neither + 5)
  })

  it('needs the candles of the symbols asked for first, and those that its features look at', () => {
    expect(compile(['return(1)'], ['DOGE/USDT']).panelSymbols).toEqual(['DOGE/USDT'])
    expect(compile(['leadReturn(ETH/USDT,3)'], ['DOGE/USDT']).panelSymbols).toEqual(['DOGE/USDT', 'ETH/USDT'])
  })

  it('has a value as soon as the slowest feature has, and no sooner than the ex-ante volatility', () => {
    expect(compile(['body']).warmupCandles).toBe(168)
    expect(compile(['body', 'rangePosition(720)']).warmupCandles).toBe(719)
    expect(compile(['body']).observed[0][0]).toMatchObject({ warmupCandles: 0, memoryCandles: 0, exactMemory: true })
  })

  it('can be made of the default features without market, profile or further inputs', () => {
    const program = compileFeatures({ features: DEFAULT_FEATURES }, { symbols: ['BTC/USDT'], timeframe: '15m' })
    expect(program.observed[0].flatMap(feature => feature.inputs)).toEqual([])
    expect(program.stepMs).toBe(900_000)
  })
})
