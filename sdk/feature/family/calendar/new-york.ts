import { cosTurns, sinTurns } from '../../../portable-math.ts'
import { DAY_MS, HOUR_MS } from '../../../units.ts'
import { knownFeature } from '../../feature.ts'
import { integer, oneOf } from '../../parameters.ts'
import { newYorkClock, sinceMidnight, sinceMonday } from '../../seasonality/local-time.ts'

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

const DAYLIGHT_SAVING = 'Clocks change by the rule in force since 2007.'

const harmonic = integer({ min: 1, max: 12 })

/** Time of day in New York when the candle that opens at a time closes, which is when the next one opens. */
const timeOfDay = (openTimeMs: number, stepMs: number): number => sinceMidnight(newYorkClock(openTimeMs + stepMs))

const dayOfWeek = (openTimeMs: number, stepMs: number): number =>
  Math.floor(sinceMonday(newYorkClock(openTimeMs + stepMs)) / DAY_MS)

export const newYorkTime = [
  knownFeature({
    name: 'newYorkHourSin',
    group: 'calendar',
    summary: 'The daily rhythm of the American market, at the opening of the next candle.',
    unit: 'fraction',
    formula: 'sin(2π·harmonic·time of day / day), New York time of the candle’s close',
    edges: DAYLIGHT_SAVING,
    parameters: { harmonic },
    examples: ['newYorkHourSin(1)', 'newYorkHourSin(2)', 'newYorkHourSin(3)'],
    at:
      ({ stepMs }, { harmonic }) =>
      openTimeMs =>
        sinTurns((harmonic * timeOfDay(openTimeMs, stepMs)) / DAY_MS),
  }),
  knownFeature({
    name: 'newYorkHourCos',
    group: 'calendar',
    summary: 'The daily rhythm of the American market, at the opening of the next candle.',
    unit: 'fraction',
    formula: 'cos(2π·harmonic·time of day / day), New York time of the candle’s close',
    edges: DAYLIGHT_SAVING,
    parameters: { harmonic },
    examples: ['newYorkHourCos(1)', 'newYorkHourCos(2)', 'newYorkHourCos(3)'],
    at:
      ({ stepMs }, { harmonic }) =>
      openTimeMs =>
        cosTurns((harmonic * timeOfDay(openTimeMs, stepMs)) / DAY_MS),
  }),
  knownFeature({
    name: 'newYorkHour',
    group: 'calendar',
    summary: 'Whether the next candle opens within an hour of the day in New York.',
    unit: 'flag',
    formula: '1 where ⌊time of day⌋ = hour, else 0, New York time of the candle’s close',
    edges: DAYLIGHT_SAVING,
    parameters: { hour: integer({ min: 0, max: 23 }) },
    examples: ['newYorkHour(9)'],
    at:
      ({ stepMs }, { hour }) =>
      openTimeMs =>
        Math.floor(timeOfDay(openTimeMs, stepMs) / HOUR_MS) === hour ? 1 : 0,
  }),
  knownFeature({
    name: 'newYorkDay',
    group: 'calendar',
    summary: 'Whether the next candle opens on a day of the week in New York.',
    unit: 'flag',
    formula: '1 on the day, else 0, New York time of the candle’s close',
    edges: DAYLIGHT_SAVING,
    parameters: { day: oneOf(DAYS) },
    examples: ['newYorkDay(monday)', 'newYorkDay(friday)', 'newYorkDay(sunday)'],
    at: ({ stepMs }, { day }) => {
      const wanted = DAYS.indexOf(day)
      return openTimeMs => (dayOfWeek(openTimeMs, stepMs) === wanted ? 1 : 0)
    },
  }),
  knownFeature({
    name: 'newYorkWeekend',
    group: 'calendar',
    summary: 'Whether the next candle opens on Saturday or Sunday in New York.',
    unit: 'flag',
    formula: '1 on Saturday and Sunday, else 0, New York time of the candle’s close',
    edges: DAYLIGHT_SAVING,
    parameters: {},
    examples: ['newYorkWeekend'],
    at:
      ({ stepMs }) =>
      openTimeMs =>
        dayOfWeek(openTimeMs, stepMs) >= 5 ? 1 : 0,
  }),
]
