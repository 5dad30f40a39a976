import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hourOfWeek, newYorkClock } from '../../../../sdk/feature/seasonality/local-time.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../sdk/units.ts'

const intl = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/New_York',
  ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
})

/** What the time-zone database of Node says. */
function clockByDatabase(timeMs: number): number {
  const parts = Object.fromEntries(intl.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute)
}

const YEARS = Array.from({ length: 13 }, (_, i) => 2018 + i)

describe('New York time', () => {
  it.each(YEARS)(
    'is that of the time-zone database at every hour of two days around every day that may change it: %d',
    year => {
      for (const [month, firstDay] of [
        [2, 6],
        [9, 30],
      ]) {
        for (
          let timeMs = Date.UTC(year, month, firstDay);
          timeMs < Date.UTC(year, month, firstDay + 12);
          timeMs += HOUR_MS
        ) {
          expect(newYorkClock(timeMs), new Date(timeMs).toISOString()).toBe(clockByDatabase(timeMs))
        }
      }
    },
  )

  it('changes at the minute', () => {
    const spring = Date.parse('2024-03-10T07:00:00Z')
    const autumn = Date.parse('2024-11-03T06:00:00Z')
    for (const change of [spring, autumn]) {
      for (const timeMs of [change - MINUTE_MS, change, change + MINUTE_MS]) {
        expect(newYorkClock(timeMs)).toBe(clockByDatabase(timeMs))
      }
    }
    expect(newYorkClock(spring) - newYorkClock(spring - 1)).toBe(HOUR_MS + 1)
    expect(newYorkClock(autumn) - newYorkClock(autumn - 1)).toBe(1 - HOUR_MS)
  })

  it('is that of the time-zone database at any minute since 2007, in whatever order times are asked for', () => {
    const minutes = fc.integer({ min: Date.UTC(2007, 0, 1) / MINUTE_MS, max: Date.UTC(2031, 0, 1) / MINUTE_MS })
    fc.assert(
      fc.property(minutes, minute => newYorkClock(minute * MINUTE_MS) === clockByDatabase(minute * MINUTE_MS)),
      { numRuns: 2000 },
    )
  })
})

describe('the hour of the week', () => {
  it('counts from Monday 00:00 of the clock it is counted by', () => {
    expect(hourOfWeek(Date.parse('2024-03-04T00:00:00Z'), 'UTC')).toBe(0)
    expect(hourOfWeek(Date.parse('2024-03-04T00:00:00Z'), 'America/New_York')).toBe(163) // Sunday 19:00
    expect(hourOfWeek(Date.parse('2024-03-04T05:59:59Z'), 'America/New_York')).toBe(0)
    expect(hourOfWeek(Date.parse('2024-07-01T04:00:00Z'), 'America/New_York')).toBe(0)
  })

  it('is 0 … 167 at any time, also before 1970', () => {
    fc.assert(
      fc.property(fc.integer({ min: -40 * 365 * DAY_MS, max: 80 * 365 * DAY_MS }), timeMs => {
        for (const zone of ['UTC', 'America/New_York'] as const) {
          const hour = hourOfWeek(timeMs, zone)
          if (!Number.isInteger(hour) || hour < 0 || hour > 167) return false
        }
        return true
      }),
    )
  })
})
