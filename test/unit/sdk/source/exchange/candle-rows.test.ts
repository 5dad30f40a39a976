import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../../sdk/candle/candle.ts'
import { collectRows, problemOfRows, spanOfAnswer } from '../../../../../sdk/source/exchange/candle-rows.ts'
import { HOUR_MS } from '../../../../../sdk/units.ts'

const startMs = Date.UTC(2024, 0, 1)
const at = (hour: number): number => startMs + hour * HOUR_MS
const row = (hour: number, close = 10): number[] => [at(hour), 10, 12, 9, close, 3]
const window = { fromMs: at(0), toMs: at(10) }
const problem = (...rows: (readonly (number | undefined)[])[]) => problemOfRows(rows, window, HOUR_MS)

describe('problemOfRows', () => {
  it('finds nothing wrong with rows in any order, repeated, or outside the window', () => {
    expect(problem(row(3), row(1), row(1), row(3), row(-2), row(11))).toBeNull()
    expect(problem()).toBeNull()
  })

  it('names a value that is missing or not finite, and its candle', () => {
    expect(problem(row(0), [at(1), 10, 12, 9, undefined, 3])).toBe(
      'the candle 2024-01-01T01:00:00Z has close undefined',
    )
    expect(problem([at(1), 10, 12, 9, 10])).toBe('the candle 2024-01-01T01:00:00Z has volume undefined')
    expect(problem([at(1), 10, Number.NaN, 9, 10, 3])).toBe('the candle 2024-01-01T01:00:00Z has high NaN')
  })

  it('names an opening time that no candle of the timeframe can have', () => {
    expect(problem([at(1) + 1, 10, 12, 9, 10, 3])).toContain(`${at(1) + 1}`)
  })

  it('names two versions of one candle, unless it lies outside the window', () => {
    expect(problem(row(4, 10), row(4, 11))).toBe('two candles open at 2024-01-01T04:00:00Z, closing at 10 and 11')
    expect(problem(row(10, 10), row(10, 11))).toBeNull()
  })

  it('refuses what is no list of rows', () => {
    expect(problemOfRows('[[1704067200000,"4' as never, window, HOUR_MS)).toContain('no rows')
  })
})

describe('collectRows', () => {
  it('takes the rows within the window, and of two versions the one that came later', () => {
    const candles = new Map<number, Candle>()
    collectRows([row(-1), row(0, 10), row(9), row(10)], window, candles)
    collectRows([row(0, 11)], window, candles)
    expect([...candles.keys()]).toEqual([at(0), at(9)])
    expect(candles.get(at(0))?.close).toBe(11)
  })
})

describe('spanOfAnswer', () => {
  it('is what was asked for where there is no row, or none in it although there are earlier ones', () => {
    expect(spanOfAnswer([], window, HOUR_MS)).toEqual(window)
    expect(spanOfAnswer([row(-2), row(-1)], window, HOUR_MS)).toEqual(window)
    expect(spanOfAnswer([row(-1), row(10)], window, HOUR_MS)).toEqual(window)
  })

  it('is nothing where all rows come later: so answers an exchange that keeps its newest rows only', () => {
    expect(spanOfAnswer([row(10), row(11)], window, HOUR_MS)).toBeNull()
  })

  it('reaches from the first to the last row otherwise', () => {
    expect(spanOfAnswer([row(7), row(2), row(-4), row(12)], window, HOUR_MS)).toEqual({ fromMs: at(2), toMs: at(8) })
  })
})
