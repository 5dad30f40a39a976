import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../sdk/units.ts'
import { parseDecimal, textOf } from './parse-decimal.ts'

/**
 * How a file writes times. `msOrUs`: milliseconds or microseconds, told apart by their size. `utc`: `2024-01-31` and
 * `07:00:00`, between them a T or a space, with up to nine more digits of a second and a Z or nothing after it.
 */
export type TimeUnit = 'ms' | 'us' | 'msOrUs' | 'utc'

/** 1973: what is less, taken as ms, are seconds of our days. */
const LEAST_MS = 1e11
/** 2286: what is more, taken as ms, are microseconds of our days. */
const MOST_MS = 1e13
const US_PER_MS = 1000

/**
 * UTC ms, whole, earlier rather than later; NaN where it is no time, or not one of the years 1973 to 2286 in this unit.
 */
export function parseTime(bytes: Uint8Array, start: number, end: number, unit: TimeUnit): number {
  if (unit === 'utc') return parseUtc(bytes, start, end)
  const value = parseDecimal(bytes, start, end)
  const isUs = unit === 'us' || (unit === 'msOrUs' && value >= MOST_MS)
  const timeMs = isUs ? Math.floor(value / US_PER_MS) : value
  return timeMs >= LEAST_MS && timeMs < MOST_MS && Number.isInteger(timeMs) ? timeMs : Number.NaN
}

/** Why a text is no time in this unit, to be read after `"…" `. */
export function whyNoTime(text: string, unit: TimeUnit): string {
  if (unit === 'utc') return 'is no UTC time like 2024-01-31T07:00:00.0000000Z'
  const value = Number(text)
  const expected = unit === 'us' ? 'microseconds' : unit === 'ms' ? 'milliseconds' : 'milliseconds or microseconds'
  if (text === '' || !Number.isFinite(value)) return `is no time in ${expected} since 1970`
  const inMs = unit === 'us' ? value / US_PER_MS : value
  const guess = [
    { unit: 'seconds', timeMs: value * SECOND_MS },
    { unit: 'milliseconds', timeMs: value },
    { unit: 'microseconds', timeMs: value / US_PER_MS },
    { unit: 'nanoseconds', timeMs: value / US_PER_MS / 1000 },
  ].find(({ timeMs }) => timeMs >= LEAST_MS && timeMs < MOST_MS && timeMs !== inMs)
  const looks = guess === undefined ? '' : `; it looks like ${guess.unit}`
  return `is no time of our days in ${expected} since 1970${looks}`
}

const UTC = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?)?(?:Z|\+00:00)?$/

/** The day that was read last: rows of one day follow each other. */
let lastDay = { text: '', timeMs: Number.NaN }

function parseUtc(bytes: Uint8Array, start: number, end: number): number {
  const [, day, hours = '0', minutes = '0', seconds = '0', fraction = ''] = UTC.exec(textOf(bytes, start, end)) ?? []
  if (day === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return Number.NaN
  if (day !== lastDay.text) lastDay = { text: day, timeMs: dayMs(day) }
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'))
  return lastDay.timeMs + Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * SECOND_MS + ms
}

/** Midnight of a day; NaN for a 31st of February. */
function dayMs(day: string): number {
  const timeMs = Date.parse(`${day}T00:00:00Z`)
  const isDay = timeMs % DAY_MS === 0 && new Date(timeMs).toISOString().startsWith(day)
  return isDay ? timeMs : Number.NaN
}
