import { describe, expect, it } from 'vitest'
import { constructedRows, featureColumn } from '../../../fixtures/feature/constructed-rows.ts'

const DAYS = 40
const HOURS = DAYS * 24

/** A session a day that is known at its 22:00 candle; both markets move by these a day. */
function markets(own: (day: number) => number, other: (day: number) => number) {
  const days = Array.from({ length: DAYS + 1 }, (_, day) => day)
  const levels = (move: (day: number) => number) => {
    let level = 100
    return days.map(day => {
      level *= Math.exp(move(day))
      return level
    })
  }
  const [prices, closes] = [levels(own), levels(other)]
  const dayOf = (hour: number) => Math.floor((hour + 2) / 24)
  const column = (value: (day: number) => number) => Array.from({ length: HOURS }, (_, hour) => value(dayOf(hour)))
  return constructedRows({
    closes: column(day => prices[day]),
    inputs: {
      spyClose: column(day => closes[day]),
      'spyClose[1]': column(day => closes[day - 1] ?? Number.NaN),
      spySession: column(day => 1 + day),
    },
  })
}

const correlation = (rows: ReturnType<typeof markets>) => featureColumn(rows, 'macroCorrelation(SPY,20)')

describe('the correlation with a macro series', () => {
  const zigzag = (day: number) => (((day * 7) % 5) - 2) / 100

  it('is 1 for what moves alike, −1 for the opposite, and a day’s move more or less does not matter', () => {
    expect(correlation(markets(zigzag, day => 0.5 * zigzag(day)))[HOURS - 1]).toBeCloseTo(1, 9)
    expect(correlation(markets(zigzag, day => -zigzag(day) + 0.001))[HOURS - 1]).toBeCloseTo(-1, 9)
  })

  it('is 0 where either stands still', () => {
    expect(correlation(markets(() => 0, zigzag))[HOURS - 1]).toBe(0)
    expect(correlation(markets(zigzag, () => 0))[HOURS - 1]).toBe(0)
    expect(correlation(markets(zigzag, () => 0.01))[HOURS - 1]).toBe(0)
  })

  it('is not known from fewer than ten sessions', () => {
    const rows = markets(zigzag, zigzag)
    const known = (from: number) => {
      const spySession = rows.inputs!.spySession.map((session, hour) => (hour < from ? 1 : session))
      return correlation({ ...rows, inputs: { ...rows.inputs, spySession } })[HOURS - 1]
    }
    // one at once, then one a day
    expect(known(HOURS - 9 * 24)).toBeCloseTo(1, 9)
    expect(known(HOURS - 8 * 24)).toBe(Number.NaN)
  })
})

describe('levels and moves', () => {
  it('have the values computed by hand', () => {
    const inputs = {
      spyClose: [110],
      'spyClose[5]': [100],
      vixClose: [20],
      'vixClose[1]': [16],
      'vixLogMean[20]': [2.5],
    }
    const rows = constructedRows({ closes: [1], inputs })
    expect(featureColumn(rows, 'macroReturn(SPY,5)')[0]).toBeCloseTo(100 * Math.log(1.1), 12)
    expect(featureColumn(rows, 'vixLevel')[0]).toBeCloseTo(Math.log(20), 14)
    expect(featureColumn(rows, 'vixChange(1)')[0]).toBeCloseTo(Math.log(1.25), 14)
    expect(featureColumn(rows, 'vixSurprise(20)')[0]).toBeCloseTo(Math.log(20) - 2.5, 14)
  })
})
