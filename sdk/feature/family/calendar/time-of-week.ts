import { cosTurns, sinTurns } from '../../../portable-math.ts'
import { DAY_MS, HOUR_MS } from '../../../units.ts'
import { knownFeature } from '../../feature.ts'
import { integer } from '../../parameters.ts'
import { modulo, sinceMonday, WEEK_MS } from '../../seasonality/local-time.ts'

/** Between settlements of most perpetual futures. */
const FUNDING_MS = 8 * HOUR_MS

const WAVES = { sin: sinTurns, cos: cosTurns }

const cycle = (name: string, unit: 'day' | 'week', wave: 'sin' | 'cos') =>
  knownFeature({
    name,
    group: 'calendar',
    summary: `The ${unit === 'day' ? 'daily' : 'weekly'} rhythm of trading, at the candle's opening time.`,
    unit: 'fraction',
    formula: `${wave}(2π·harmonic·time of ${unit} / ${unit}), UTC`,
    parameters: { harmonic: integer({ min: 1, max: 12 }) },
    examples: unit === 'day' ? [`${name}(1)`, `${name}(2)`] : [`${name}(1)`],
    at: (_context, { harmonic }) => {
      const periodMs = unit === 'day' ? DAY_MS : WEEK_MS
      return openTimeMs => WAVES[wave]((harmonic * modulo(sinceMonday(openTimeMs), periodMs)) / periodMs)
    },
  })

export const timeOfWeek = [
  cycle('hourSin', 'day', 'sin'),
  cycle('hourCos', 'day', 'cos'),
  cycle('weekSin', 'week', 'sin'),
  cycle('weekCos', 'week', 'cos'),
  knownFeature({
    name: 'weekend',
    group: 'calendar',
    summary: 'Whether it is Saturday or Sunday.',
    unit: 'flag',
    formula: '1 on Saturday and Sunday, else 0, UTC',
    parameters: {},
    examples: ['weekend'],
    at: () => openTimeMs => (sinceMonday(openTimeMs) >= 5 * DAY_MS ? 1 : 0),
  }),
  knownFeature({
    name: 'fundingHour',
    group: 'calendar',
    summary: 'Whether perpetual futures settle funding as the candle opens.',
    unit: 'flag',
    formula: '1 at 00:00, 08:00 and 16:00 UTC, else 0',
    parameters: {},
    examples: ['fundingHour'],
    at: () => openTimeMs => (modulo(openTimeMs, FUNDING_MS) === 0 ? 1 : 0),
  }),
  knownFeature({
    name: 'closesAtMidnight',
    group: 'calendar',
    summary: 'Whether the next candle begins a day, when daily candles, limits and fees are counted anew.',
    unit: 'flag',
    formula: '1 where the candle closes at 00:00 UTC, else 0',
    parameters: {},
    examples: ['closesAtMidnight'],
    at:
      ({ stepMs }) =>
      openTimeMs =>
        modulo(openTimeMs + stepMs, DAY_MS) === 0 ? 1 : 0,
  }),
  knownFeature({
    name: 'closesAtFunding',
    group: 'calendar',
    summary: 'Whether perpetual futures settle funding as the candle closes.',
    unit: 'flag',
    formula: '1 where the candle closes at 00:00, 08:00 or 16:00 UTC, else 0',
    parameters: {},
    examples: ['closesAtFunding'],
    at:
      ({ stepMs }) =>
      openTimeMs =>
        modulo(openTimeMs + stepMs, FUNDING_MS) === 0 ? 1 : 0,
  }),
]
