import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDecimal } from '../../../../../trainer/data/import/parse-decimal.ts'

const parse = (text: string): number => {
  const bytes = Buffer.from(`x${text}y`)
  return parseDecimal(bytes, 1, bytes.length - 1)
}

describe('parseDecimal', () => {
  it('reads any number as it is written in its shortest digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
        expect(parse(String(value))).toBe(value === 0 && String(value) === '0' ? 0 : value)
      }),
    )
  })

  it('rounds as the language does, however many digits there are', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 25 })
    fc.assert(
      fc.property(fc.boolean(), digits, digits, (negative, whole, places) => {
        const text = `${negative ? '-' : ''}${whole}.${places}`
        expect(parse(text)).toBe(Number(text))
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['443.35619900', 443.356199],
    ['9007199254740993', 9007199254740992],
    ['0.00000908', 0.00000908],
    ['-5.195902141659801', -5.195902141659801],
    ['1e-7', 1e-7],
    ['+2.5E3', 2500],
    ['.5', 0.5],
    ['7.', 7],
    [' 12 ', 12],
  ])('reads %j', (text, value) => expect(parse(text)).toBe(value))

  it.each(['', ' ', '.', '-', '1,5', '1.2.3', '0x10', 'Infinity', 'NaN', 'null', '1e', '12a', '1 2', '\0\0'])(
    'finds no number in %j',
    text => expect(parse(text)).toBeNaN(),
  )
})
