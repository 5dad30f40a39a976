import { describe, expect, it } from 'vitest'
import { rowsToTable, wrongRows } from '../../../../../trainer/data/exchange/rows.ts'

const trade = (timeMs: number, id: string, price = 100) => ({ timeMs, id, price, quantity: 1, side: 1 })

describe('wrongRows', () => {
  it('finds nothing in rows that differ in their key, and in a row that comes twice', () => {
    expect(wrongRows('trade', [trade(5, 'a'), trade(5, 'b'), trade(5, 'a')])).toBeNull()
  })

  it.each([
    ['a number that is none', [trade(5, 'a', Number.NaN)], 'price is NaN in a row'],
    ['a time that is none', [trade(Number.NaN, 'a')], 'timeMs is NaN in a row'],
    ['a text that is empty', [trade(5, '')], 'id is  in a row'],
    ['two rows of one key', [trade(5, 'a'), trade(5, 'a', 101)], 'two different rows of 5 a'],
  ])('names %s', (_, rows, text) => {
    expect(wrongRows('trade', rows)).toContain(text)
  })

  it('takes what is optional as unknown', () => {
    expect(wrongRows('openInterest', [{ timeMs: 5, base: 3, quote: Number.NaN }])).toBeNull()
  })
})

describe('rowsToTable', () => {
  it('has the columns of the kind, numbers as Float64Array and text as strings', () => {
    expect(rowsToTable('trade', [trade(5, 'a'), trade(6, 'b', 101)])).toEqual({
      length: 2,
      columns: {
        timeMs: Float64Array.of(5, 6),
        id: ['a', 'b'],
        price: Float64Array.of(100, 101),
        quantity: Float64Array.of(1, 1),
        side: Float64Array.of(1, 1),
      },
    })
  })
})
