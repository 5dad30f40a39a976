import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCandleCsv, parseCandleCsv } from '../../../../sdk/candle/candle-csv.ts'
import { CandleError } from '../../../../sdk/errors.ts'
import { arbitraryCandles } from '../../../fixtures/arbitrary-candles.ts'

const HEADER = 'timestamp,open,high,low,close,volume'
const GOOD = '1514764800000,13715.65,13715.65,13400.01,13529.01,443.356199'

function refusal(text: string): CandleError {
  try {
    parseCandleCsv(text, 'btc.csv')
  } catch (error) {
    expect(error).toBeInstanceOf(CandleError)
    return error as CandleError
  }
  throw new Error('the text was accepted')
}

describe('parseCandleCsv', () => {
  it('reads the columns in order, with or without carriage returns and a byte-order mark', () => {
    const expected = [
      { openTimeMs: 1514764800000, open: 13715.65, high: 13715.65, low: 13400.01, close: 13529.01, volume: 443.356199 },
    ]
    expect(parseCandleCsv(`${HEADER}\n${GOOD}\n`, 'a')).toEqual(expected)
    expect(parseCandleCsv(`\uFEFF${HEADER}\r\n${GOOD}`, 'a')).toEqual(expected)
  })

  it('reads exponents as exchanges write small prices', () => {
    expect(parseCandleCsv(`${HEADER}\n0,1e-8,2.5E-7,1e-8,1e-8,1e+9`, 'a')[0]).toMatchObject({
      high: 2.5e-7,
      volume: 1e9,
    })
  })

  it('reads back exactly what was written', () => {
    fc.assert(
      fc.property(arbitraryCandles({ minLength: 0, maxLength: 30 }), candles => {
        expect(parseCandleCsv(formatCandleCsv(candles), 'a')).toEqual(candles)
      }),
    )
  })

  it.each([
    ['no header', GOOD, 'CSV_HEADER', 1, `the header is "${GOOD}"`],
    ['nothing', '', 'CSV_HEADER', 1, 'the header is ""'],
    ['other columns', 'time,open,high,low,close,volume', 'CSV_HEADER', 1, '"time,open'],
    ['a truncated line', `${HEADER}\n${GOOD}\n15147684`, 'CSV_FIELD_COUNT', 3, 'found 1 fields in "15147684"'],
    ['an empty line within', `${HEADER}\n\n${GOOD}`, 'CSV_FIELD_COUNT', 2, 'found 1 fields in ""'],
    ['a NaN', `${HEADER}\n1,NaN,1,1,1,1`, 'CSV_NUMBER', 2, 'open: "NaN" is not a decimal number'],
    ['an empty field', `${HEADER}\n1,1,1,1,1,`, 'CSV_NUMBER', 2, 'volume: "" is not a decimal number'],
    ['a hexadecimal number', `${HEADER}\n0x10,1,1,1,1,1`, 'CSV_NUMBER', 2, 'timestamp: "0x10"'],
    ['a date', `${HEADER}\n2024-01-01,1,1,1,1,1`, 'CSV_NUMBER', 2, 'timestamp: "2024-01-01"'],
  ])('refuses %s, quoting file, line and value', (_what, text, code, line, quoted) => {
    const error = refusal(text)
    expect(error.code).toBe(code)
    expect(error.details).toMatchObject({ where: 'btc.csv', line })
    expect(error.message).toContain(`btc.csv, line ${line}`)
    expect(error.message).toContain(quoted)
  })

  it('quotes at most the beginning of a long line', () => {
    expect(refusal('x'.repeat(10_000)).message.length).toBeLessThan(300)
  })
})
