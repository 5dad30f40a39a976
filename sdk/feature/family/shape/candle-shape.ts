import { observedFeature } from '../../feature.ts'
import { eachRow } from '../../op/each-row.ts'

/** Relative to the price; keeps the ratios defined for a candle without a range. */
const EPSILON = 1e-12

const body = observedFeature({
  name: 'body',
  group: 'shape',
  summary: 'Where the candle closed within its range, from its open: +1 rose all the way, −1 fell all the way.',
  unit: 'fraction',
  formula: '(close − open) / (high − low)',
  edges: '0 for a candle without a range.',
  parameters: {},
  examples: ['body'],
  build: scope =>
    eachRow(
      'body',
      [scope.candle('open'), scope.candle('high'), scope.candle('low'), scope.candle('close')],
      (out, [open, high, low, close], count) => {
        for (let i = 0; i < count; i++) out[i] = (close[i] - open[i]) / (high[i] - low[i] + EPSILON * close[i])
      },
    ),
})

const wick = observedFeature({
  name: 'wick',
  group: 'shape',
  summary: 'Upper wick minus lower wick: > 0 where a rise was sold off, < 0 where a fall was bought.',
  unit: 'fraction',
  formula: '((high − max(open, close)) − (min(open, close) − low)) / (high − low)',
  edges: '0 for a candle without a range.',
  parameters: {},
  examples: ['wick'],
  build: scope =>
    eachRow(
      'wick',
      [scope.candle('open'), scope.candle('high'), scope.candle('low'), scope.candle('close')],
      (out, [open, high, low, close], count) => {
        for (let i = 0; i < count; i++) {
          const upper = high[i] - Math.max(open[i], close[i])
          const lower = Math.min(open[i], close[i]) - low[i]
          out[i] = (upper - lower) / (high[i] - low[i] + EPSILON * close[i])
        }
      },
    ),
})

export const candleShape = [body, wick]
