import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../../sdk/errors.ts'
import { DEFAULT_FEATURES } from '../../../../sdk/feature/default-features.ts'
import { RECIPE_FEATURES } from '../../../../sdk/feature/recipe-features.ts'
import { parseConfig } from '../../../../trainer/config/load-config.ts'

const featuresOf = (features: unknown): readonly string[] =>
  parseConfig({ name: 'x', data: { source: 'simulate' }, features }, 'test').features

describe('features of a config', () => {
  it('may be a set by name', () => {
    expect(featuresOf('default')).toEqual(DEFAULT_FEATURES)
    expect(featuresOf('recipe')).toEqual(RECIPE_FEATURES)
    expect(RECIPE_FEATURES).toHaveLength(106)
    expect(() => featuresOf('best')).toThrow(ConfigError)
  })

  it('are kept in the one way they are written', () => {
    expect(featuresOf(['parkinson( 6, 0.05 )', 'weekend'])).toEqual(['parkinson(6,0.05)', 'weekend'])
  })

  it.each([
    ['parkinsons(6,0.05)', 'Did you mean "parkinson(1,0.05)"?'],
    ['parkinson(6)', 'has 1 arguments; parkinson takes 2: candles (a whole number from 1 to 10000), share'],
    ['parkinson(0,0.05)', 'has candles = 0; expected a whole number from 1 to 10000'],
    ['parkinson(6,0.05', 'is not a feature\'s name: a ")" is missing'],
  ])('that are wrong are named with the remedy: %s', (name, message) => {
    expect(() => featuresOf([name, 'weekend'])).toThrow(message)
  })
})
