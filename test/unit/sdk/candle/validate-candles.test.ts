import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { toCandles } from '../../../../sdk/candle/series.ts'
import { validateCandles } from '../../../../sdk/candle/validate-candles.ts'
import { CandleError } from '../../../../sdk/errors.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { arbitraryCandles } from '../../../fixtures/arbitrary-candles.ts'

const START = Date.parse('2024-01-31T07:00:00Z')
const candle = (i: number, change: Partial<Candle> = {}): Candle => ({
  openTimeMs: START + i * HOUR_MS,
  open: 100,
  high: 104,
  low: 98,
  close: 102,
  volume: 12,
  ...change,
})
const three = (change: Partial<Candle>): Candle[] => [candle(0), candle(1, change), candle(2)]

const validate = (candles: readonly Candle[], nowMs?: number) =>
  validateCandles(candles, { symbol: 'BTC/USDT', timeframe: '1h', ...(nowMs === undefined ? {} : { nowMs }) })

function refusal(candles: readonly Candle[], nowMs?: number): CandleError {
  try {
    validate(candles, nowMs)
  } catch (error) {
    expect(error).toBeInstanceOf(CandleError)
    return error as CandleError
  }
  throw new Error('the candles were accepted')
}

describe('validateCandles', () => {
  it('refuses what is no candle at all, saying where it stands', () => {
    for (const odd of [null, undefined, 42] as unknown as Candle[]) {
      expect(refusal([candle(0), odd, candle(2)])).toMatchObject({
        code: 'NOT_A_CANDLE',
        details: { index: 1, value: String(odd) },
        message: expect.stringContaining('index 1'),
      })
    }
  })

  it('keeps every value of good candles, by column', () => {
    fc.assert(
      fc.property(arbitraryCandles({ minLength: 1, maxLength: 50 }), candles => {
        const series = validate(candles)
        expect(series.length).toBe(candles.length)
        expect(toCandles(series)).toEqual(candles)
      }),
    )
  })

  it.each([
    ['a NaN', three({ close: Number.NaN }), 'NON_FINITE', 'close', 'close is NaN'],
    ['an infinite volume', three({ volume: Number.POSITIVE_INFINITY }), 'NON_FINITE', 'volume', 'volume is Infinity'],
    ['a NaN time', three({ openTimeMs: Number.NaN }), 'NON_FINITE', 'openTimeMs', 'openTimeMs is NaN'],
    ['a missing field', three({ low: undefined as unknown as number }), 'NON_FINITE', 'low', 'low is undefined'],
    ['a negative price', three({ low: -98 }), 'NON_POSITIVE_PRICE', 'low', 'low is -98'],
    ['a price of zero', three({ open: 0 }), 'NON_POSITIVE_PRICE', 'open', 'open is 0'],
    ['a negative volume', three({ volume: -0.5 }), 'NEGATIVE_VOLUME', 'volume', 'volume is -0.5'],
    ['high below low', three({ high: 97 }), 'OHLC_ORDER', 'high', 'high 97 is below low 98'],
    ['high below open', three({ open: 105 }), 'OHLC_ORDER', 'high', 'high 104 is below open 105'],
    ['high below close', three({ close: 104.5 }), 'OHLC_ORDER', 'high', 'high 104 is below close 104.5'],
    ['low above close', three({ low: 101, open: 103, close: 100 }), 'OHLC_ORDER', 'low', 'low 101 is above close 100'],
    ['a time in seconds', three({ openTimeMs: START / 1000 }), 'MISALIGNED_TIME', 'openTimeMs', 'not a multiple of 1h'],
    [
      'a duplicate time',
      three({ openTimeMs: START }),
      'DUPLICATE_TIME',
      'openTimeMs',
      'same time as the candle before',
    ],
    [
      'unordered times',
      [candle(1), candle(0)],
      'UNORDERED_TIME',
      'openTimeMs',
      'opens before the candle in front of it',
    ],
    ['a gap', [candle(0), candle(3)], 'GAP', 'openTimeMs', '2 candles are missing between 2024-01-31T07:00:00Z'],
    ['a gap of one', [candle(0), candle(2)], 'GAP', 'openTimeMs', '1 candle is missing'],
  ])('refuses %s, quoting value, place and remedy', (_what, candles, code, field, quoted) => {
    const error = refusal(candles)
    expect(error.code).toBe(code)
    expect(error.message).toContain('BTC/USDT 1h candle ')
    expect(error.message).toContain('(index 1)')
    expect(error.message).toContain(quoted)
    expect(error.details).toMatchObject({ symbol: 'BTC/USDT', timeframe: '1h', index: 1, field })
  })

  it('refuses a candle that is still in progress, and takes it once it has closed', () => {
    const close = START + 2 * HOUR_MS
    const error = refusal([candle(0), candle(1)], close - 1)
    expect(error.code).toBe('IN_PROGRESS')
    expect(error.message).toContain('it closes at 2024-01-31T09:00:00Z, after now (2024-01-31T08:59:59.999Z)')
    expect(validate([candle(0), candle(1)], close).length).toBe(2)
  })

  it('judges what is in progress by the present when no time is given', () => {
    const thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
    expect(refusal([candle(0, { openTimeMs: thisHour + HOUR_MS })]).code).toBe('IN_PROGRESS')
  })

  it('refuses nothing at all', () => {
    const error = refusal([])
    expect(error.code).toBe('EMPTY')
    expect(error.message).toContain('BTC/USDT 1h')
  })
})
