import { describe, expect, it } from 'vitest'
import { parseExpression } from '../../../../sdk/feature/expression.ts'
import { feature, integer, number, oneOf, type Parameter, symbol } from '../../../../sdk/feature/parameters.ts'
import { resolveFeature } from '../../../../sdk/feature/resolve-feature.ts'

const read = (parameter: Parameter<unknown>, argument: string) => parameter.read(parseExpression(argument))

describe('an argument', () => {
  it.each([
    [
      integer({ min: 1, max: 10 }),
      ['1', '10'],
      ['0', '11', '1.5', '01', '1e0', '+1', 'x', 'body', 'f(1)', '-1', 'NaN'],
    ],
    [number({ min: -1, max: 1 }), ['0.05', '-1', '1', '0'], ['1.01', '.5', '0.50', '-0', 'NaN', 'Infinity', 'f(0)']],
    [oneOf(['monday', 'sunday']), ['monday'], ['Monday', 'friday', '1', 'monday(1)']],
    [symbol, ['BTC/USDT', '1INCH/USDT', 'BTC/USDT:USDT'], ['BTC', 'btc/usdt', '/USDT', 'BTC/USDT(1)']],
    [feature, ['body', 'return(1)', 'lag(return(1),24)'], ['1', 'BTC/USDT', 'Body', '-x']],
  ] as const)(
    'that should be what the parameter expects is taken as that, and nothing else is',
    (parameter, fits, others) => {
      for (const argument of fits) expect(read(parameter, argument), argument).toBeDefined()
      for (const argument of others) expect(read(parameter, argument), argument).toBeUndefined()
    },
  )

  it('that is a number written in another way is refused with how it is written', () => {
    expect(() => resolveFeature('parkinson(6,0.10)')).toThrow('expected a number from 0 to 1, written 0.1.')
    expect(() => resolveFeature('parkinson(06,0.1)')).toThrow(', written 6.')
    expect(() => resolveFeature('parkinson(6,2.0)')).toThrow('expected a number from 0 to 1. Example')
  })

  it('is read as a value of its kind', () => {
    expect(read(integer({ min: 1, max: 10 }), '7')).toBe(7)
    expect(read(number({ min: 0, max: 1 }), '0.05')).toBe(0.05)
    expect(read(oneOf(['monday', 'sunday']), 'sunday')).toBe('sunday')
    expect(read(symbol, 'ETH/USDT')).toBe('ETH/USDT')
    expect(read(feature, 'return(1)')).toEqual(parseExpression('return(1)'))
  })
})
