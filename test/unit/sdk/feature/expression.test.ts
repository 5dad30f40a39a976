import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Expression, formatExpression, parseExpression } from '../../../../sdk/feature/expression.ts'

const text = fc.constantFrom('body', 'return', 'BTC/USDT', '24', '0.05', '-1', 'BTC/USDT:USDT', 'a_b.c')
const { expression } = fc.letrec<{ expression: Expression }>(tie => ({
  expression: fc.record({
    text,
    args: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('expression'), { minLength: 1, maxLength: 3 })),
  }),
}))

describe('the name of a feature', () => {
  it('is read as a family and its arguments, which may be features themselves', () => {
    expect(parseExpression('lag(return(1), 24)')).toEqual({
      text: 'lag',
      args: [
        { text: 'return', args: [{ text: '1', args: [] }] },
        { text: '24', args: [] },
      ],
    })
  })

  it('has one way of being written, from which the same is read again', () => {
    fc.assert(
      fc.property(expression, e => {
        expect(parseExpression(formatExpression(e))).toEqual(e)
      }),
    )
    expect(formatExpression(parseExpression('  leadReturn( BTC/USDT ,3 ) '))).toBe('leadReturn(BTC/USDT,3)')
  })

  it('is either read or refused, whatever text it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '1', '(', ')', ',', ' ', '{', 'é'), maxLength: 12 }),
        source => {
          try {
            expect(parseExpression(formatExpression(parseExpression(source)))).toEqual(parseExpression(source))
          } catch (error) {
            expect(error).toMatchObject({ code: 'BAD_FEATURE_NAME', details: { feature: source } })
          }
        },
      ),
    )
  })
})
