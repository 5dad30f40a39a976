import { describe, expect, it } from 'vitest'
import type { FeatureContext } from '../../../../sdk/feature/feature.ts'
import { knownValue, resolveFeature } from '../../../../sdk/feature/resolve-feature.ts'
import { DAY_MS, HOUR_MS } from '../../../../sdk/units.ts'

const valueAt = (name: string, time: string, stepMs = HOUR_MS): number => {
  const context: FeatureContext = { symbol: 'BTC/USDT', stepMs, set: { features: [name] } }
  return knownValue(context, resolveFeature(name))(Date.parse(time))
}

const hoursOf = (name: string, day: string): number[] =>
  Array.from({ length: 24 }, (_, hour) => hour).filter(
    hour => valueAt(name, `${day}T${String(hour).padStart(2, '0')}:00:00Z`) === 1,
  )

describe('the features of the time in UTC', () => {
  it('run through the day', () => {
    expect(valueAt('hourSin(1)', '2024-03-05T06:00:00Z')).toBeCloseTo(1, 12)
    expect(valueAt('hourCos(1)', '2024-03-05T12:00:00Z')).toBeCloseTo(-1, 12)
    expect(valueAt('hourSin(2)', '2024-03-05T03:00:00Z')).toBeCloseTo(1, 12)
    expect(valueAt('hourCos(2)', '2024-03-05T06:00:00Z')).toBeCloseTo(-1, 12)
  })

  it('begin the week on Monday', () => {
    expect(valueAt('weekSin(1)', '2024-03-04T00:00:00Z')).toBeCloseTo(0, 12)
    expect(valueAt('weekCos(1)', '2024-03-04T00:00:00Z')).toBeCloseTo(1, 12)
    // Thursday noon is half a week after Monday midnight
    expect(valueAt('weekCos(1)', '2024-03-07T12:00:00Z')).toBeCloseTo(-1, 12)
  })

  it('flag Saturday and Sunday, to the hour', () => {
    expect(valueAt('weekend', '2024-03-08T23:00:00Z')).toBe(0)
    expect(valueAt('weekend', '2024-03-09T00:00:00Z')).toBe(1)
    expect(valueAt('weekend', '2024-03-10T23:00:00Z')).toBe(1)
    expect(valueAt('weekend', '2024-03-11T00:00:00Z')).toBe(0)
  })

  it('flag the candles that open or close when funding is settled', () => {
    expect(hoursOf('fundingHour', '2024-03-05')).toEqual([0, 8, 16])
    expect(hoursOf('closesAtFunding', '2024-03-05')).toEqual([7, 15, 23])
  })

  it('flag the candle that ends the day, whatever its length', () => {
    expect(hoursOf('closesAtMidnight', '2024-03-05')).toEqual([23])
    expect(valueAt('closesAtMidnight', '2024-03-05T20:00:00Z', 4 * HOUR_MS)).toBe(1)
    expect(valueAt('closesAtMidnight', '2024-03-05T23:00:00Z', HOUR_MS / 4)).toBe(0)
    expect(valueAt('closesAtMidnight', '2024-03-05T00:00:00Z', DAY_MS)).toBe(1)
  })

  it('are right before 1970 too', () => {
    // 1969-12-27 was a Saturday
    expect(valueAt('weekend', '1969-12-27T05:00:00Z')).toBe(1)
    expect(valueAt('hourSin(1)', '1969-12-27T06:00:00Z')).toBeCloseTo(1, 12)
    expect(valueAt('closesAtMidnight', '1969-12-27T23:00:00Z')).toBe(1)
  })
})

describe('the features of the time in New York', () => {
  it('are those of the candle’s close, when the next one opens', () => {
    // 13:00 UTC in March before the change of clocks is 08:00 in New York; the candle closes at 09:00
    expect(hoursOf('newYorkHour(9)', '2024-03-05')).toEqual([13])
    expect(hoursOf('newYorkHour(9)', '2024-07-02')).toEqual([12])
    expect(valueAt('newYorkHourSin(1)', '2024-03-05T10:00:00Z')).toBeCloseTo(1, 12)
    expect(valueAt('newYorkHourCos(1)', '2024-07-02T15:00:00Z')).toBeCloseTo(-1, 12)
  })

  it('tell the day of the week, to the hour', () => {
    expect(valueAt('newYorkDay(friday)', '2024-03-08T03:00:00Z')).toBe(0)
    expect(valueAt('newYorkDay(friday)', '2024-03-08T04:00:00Z')).toBe(1)
    expect(valueAt('newYorkDay(friday)', '2024-03-09T03:00:00Z')).toBe(1)
    expect(valueAt('newYorkDay(friday)', '2024-03-09T04:00:00Z')).toBe(0)
    expect(valueAt('newYorkWeekend', '2024-03-09T04:00:00Z')).toBe(1)
    // the clocks went forward that Sunday: New York's Monday begins at 04:00 UTC
    expect(valueAt('newYorkWeekend', '2024-03-11T02:00:00Z')).toBe(1)
    expect(valueAt('newYorkDay(monday)', '2024-03-11T03:00:00Z')).toBe(1)
  })

  it('refuse a day that is none, with the days there are', () => {
    expect(() => resolveFeature('newYorkDay(funday)')).toThrow(/day = funday; expected one of monday, tuesday/)
  })
})
