import { ln } from '../../../portable-math.ts'
import { knownFeature } from '../../feature.ts'
import { integer } from '../../parameters.ts'
import { byTime } from '../../seasonality/by-time.ts'
import { seasonOf } from '../../seasonality/season.ts'

const SOURCE =
  'Andersen & Bollerslev (1997), Intraday Periodicity and Volatility Persistence in Financial Markets, J. Empirical Finance 4'

const PAST = 'past = √EWMA₂₄(p²) over the candles to t, missing ones included'

export const seasonAhead = [
  knownFeature({
    name: 'seasonAhead',
    group: 'seasonality',
    summary:
      'Whether the coming candles fall on busier hours of the week than those which made the ex-ante volatility.',
    unit: 'log ratio',
    formula: `ln(√mean(p(t + 1 … t + candles)²) / past(t)), p the profile’s volatility at the hour of the week of a candle’s opening; ${PAST}`,
    edges: '0 for a profile in which all hours are alike.',
    source: SOURCE,
    parameters: { candles: integer({ min: 1, max: 1_000 }) },
    examples: ['seasonAhead(1)', 'seasonAhead(6)', 'seasonAhead(24)'],
    at: (context, { candles }) => {
      const { stepMs } = context
      const { volatility, past } = seasonOf(context)
      const square = (timeMs: number): number => volatility(timeMs) * volatility(timeMs)
      return byTime(stepMs, (firstMs, out) => {
        let sum = 0
        for (let i = 1; i <= candles; i++) sum += square(firstMs + i * stepMs)
        for (let i = 0; i < out.length; i++) {
          const openTimeMs = firstMs + i * stepMs
          out[i] = ln(Math.sqrt(sum / candles) / past(openTimeMs))
          sum += square(openTimeMs + (candles + 1) * stepMs) - square(openTimeMs + stepMs)
        }
      })
    },
  }),
  knownFeature({
    name: 'seasonAt',
    group: 'seasonality',
    summary: 'The same of one candle: this one (0) or one to come.',
    unit: 'log ratio',
    formula: `ln(p(t + candles) / past(t)), p the profile’s volatility at the hour of the week of a candle’s opening; ${PAST}`,
    edges: '0 for a profile in which all hours are alike.',
    source: SOURCE,
    parameters: { candles: integer({ min: 0, max: 1_000 }) },
    examples: ['seasonAt(0)', 'seasonAt(2)'],
    at: (context, { candles }) => {
      const { stepMs } = context
      const { volatility, past } = seasonOf(context)
      return byTime(stepMs, (firstMs, out) => {
        for (let i = 0; i < out.length; i++) {
          const openTimeMs = firstMs + i * stepMs
          out[i] = ln(volatility(openTimeMs + candles * stepMs) / past(openTimeMs))
        }
      })
    },
  }),
]
