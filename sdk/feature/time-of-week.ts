import { cosTurns, sinTurns } from '../portable-math.ts'
import { DAY_MS, HOUR_MS } from '../units.ts'
import type { KnownFeature } from './feature.ts'

const WEEK_MS = 7 * DAY_MS
/** 1970-01-01 was a Thursday; weeks here begin on Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS

const sinceMonday = (openTimeMs: number): number => (((openTimeMs - FIRST_MONDAY_MS) % WEEK_MS) + WEEK_MS) % WEEK_MS

const WAVES = { sin: sinTurns, cos: cosTurns }

function cycle(name: string, unit: 'day' | 'week', harmonic: number, wave: 'sin' | 'cos'): KnownFeature {
  const periodMs = unit === 'day' ? DAY_MS : WEEK_MS
  return {
    kind: 'known',
    name,
    unit: 'fraction',
    formula: `${wave}(2π·${harmonic === 1 ? '' : `${harmonic}·`}time of ${unit} / ${unit}), UTC`,
    at: openTimeMs => WAVES[wave]((harmonic * (sinceMonday(openTimeMs) % periodMs)) / periodMs),
  }
}

/** The daily and weekly rhythm of trading, at a candle's own opening time. */
export const timeOfWeek: readonly KnownFeature[] = [
  cycle('hourSin', 'day', 1, 'sin'),
  cycle('hourCos', 'day', 1, 'cos'),
  cycle('hour2Sin', 'day', 2, 'sin'),
  cycle('hour2Cos', 'day', 2, 'cos'),
  cycle('weekSin', 'week', 1, 'sin'),
  cycle('weekCos', 'week', 1, 'cos'),
  {
    kind: 'known',
    name: 'weekend',
    unit: 'flag',
    formula: '1 on Saturday and Sunday, else 0, UTC',
    at: openTimeMs => (sinceMonday(openTimeMs) >= 5 * DAY_MS ? 1 : 0),
  },
  {
    kind: 'known',
    name: 'fundingHour',
    unit: 'flag',
    formula: '1 where perpetual futures settle funding (00:00, 08:00, 16:00 UTC) as the candle opens, else 0',
    at: openTimeMs => (openTimeMs % (8 * HOUR_MS) === 0 ? 1 : 0),
  },
]
