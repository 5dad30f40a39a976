import { DAY_MS, HOUR_MS } from '../../units.ts'
import type { SeasonalProfile } from '../feature.ts'

/**
 * New York's wall clock by the rule in force since 2007 (Energy Policy Act of 2005): summer time from the second Sunday
 * of March to the first Sunday of November, at 02:00 local time. Earlier years are counted by the same rule. Made of
 * arithmetic alone, so that it does not depend on the time-zone database of a browser.
 */

const STANDARD_OFFSET_MS = -5 * HOUR_MS
const SUMMER_OFFSET_MS = -4 * HOUR_MS

const [MARCH, NOVEMBER] = [2, 10]

/** 1970-01-01 was a Thursday; weeks here begin on Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS
export const WEEK_MS = 7 * DAY_MS

/** The remainder, ≥ 0 also before 1970; exact for times, and much quicker than `%` is for numbers this large. */
export const modulo = (timeMs: number, byMs: number): number => timeMs - Math.floor(timeMs / byMs) * byMs

/** Time since Monday 00:00 of the clock that shows `clockMs`. */
export const sinceMonday = (clockMs: number): number => modulo(clockMs - FIRST_MONDAY_MS, WEEK_MS)

/** Time since midnight. */
export const sinceMidnight = (clockMs: number): number => modulo(clockMs, DAY_MS)

/** 00:00 of the n-th Sunday of a month. */
function sundayMs(year: number, month: number, n: number): number {
  const firstMs = Date.UTC(year, month, 1)
  const daysToSunday = 6 - Math.floor(sinceMonday(firstMs) / DAY_MS)
  return firstMs + (daysToSunday + 7 * (n - 1)) * DAY_MS
}

/** The calendar year of the last time asked for, and its summer: times are mostly asked for in order. */
const year = { fromMs: 0, untilMs: 0, summerFromMs: 0, summerUntilMs: 0 }

function lookUpYear(timeMs: number): void {
  const number = new Date(timeMs).getUTCFullYear()
  year.fromMs = Date.UTC(number, 0, 1)
  year.untilMs = Date.UTC(number + 1, 0, 1)
  year.summerFromMs = sundayMs(number, MARCH, 2) + 2 * HOUR_MS - STANDARD_OFFSET_MS
  year.summerUntilMs = sundayMs(number, NOVEMBER, 1) + 2 * HOUR_MS - SUMMER_OFFSET_MS
}

/** What New York's clocks show at a time (UTC ms), as ms since 1970-01-01 00:00 of those clocks. */
export function newYorkClock(timeMs: number): number {
  if (!(timeMs >= year.fromMs && timeMs < year.untilMs)) lookUpYear(timeMs)
  const isSummer = timeMs >= year.summerFromMs && timeMs < year.summerUntilMs
  return timeMs + (isSummer ? SUMMER_OFFSET_MS : STANDARD_OFFSET_MS)
}

/** Whole hours since Monday 00:00, 0 … 167. */
export const hourOfWeek = (timeMs: number, timeZone: SeasonalProfile['timeZone']): number =>
  Math.floor(sinceMonday(timeZone === 'UTC' ? timeMs : newYorkClock(timeMs)) / HOUR_MS)
