import { observedFeature } from '../../feature.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { movingAverage } from '../../op/recursive-mean.ts'
import { rollingMax, rollingMin } from '../../op/rolling-extreme.ts'
import { number } from '../../parameters.ts'
import { averageTrueRange } from './average-true-range.ts'
import { period, STILL } from './period.ts'

/** One channel's height beyond the channel says 'far out', not how far. */
const BEYOND = 1

const donchianPosition = observedFeature({
  name: 'donchianPosition',
  group: 'indicator',
  summary: 'Where the close stands in the Donchian channel of the candles before it: above 1 or below 0 it broke out.',
  unit: 'fraction',
  formula: `clip((close − bottom) / (top − bottom), ${-BEYOND} … ${1 + BEYOND}), the channel over the candles before this one`,
  edges: `A channel without height: 0.5 on it, ${-BEYOND} below, ${1 + BEYOND} above.`,
  source: 'Donchian (1960), High Finance in Copper, Financial Analysts Journal 16',
  parameters: { candles: period },
  examples: ['donchianPosition(20)', 'donchianPosition(168)'],
  build: (scope, { candles }) =>
    eachRow(
      'donchianPosition',
      [
        scope.candle('close'),
        lag(rollingMin(scope.candle('low'), candles), 1),
        lag(rollingMax(scope.candle('high'), candles), 1),
      ],
      (out, [close, bottom, top], count) => {
        for (let i = 0; i < count; i++) {
          const above = close[i] - bottom[i]
          const position = above === 0 && top[i] === bottom[i] ? 0.5 : above / (top[i] - bottom[i])
          out[i] = Math.max(-BEYOND, Math.min(1 + BEYOND, position))
        }
      },
    ),
})

const keltnerPosition = observedFeature({
  name: 'keltnerPosition',
  group: 'indicator',
  summary: 'Where the close stands in its Keltner channel: −1 at the lower band, +1 at the upper one.',
  unit: 'half channels',
  formula: '(close − EMA(close, candles)) / (width·ATR(atrCandles))',
  edges: '0 in a market that stands still.',
  source: 'Connors & Raschke (1995), Street Smarts; after Keltner (1960), How to Make Money in Commodities',
  parameters: { candles: period, atrCandles: period, width: number({ min: 0.1, max: 10 }) },
  examples: ['keltnerPosition(20,10,2)'],
  build: (scope, { candles, atrCandles, width }) => {
    const close = scope.candle('close')
    return eachRow(
      `keltnerPosition ${width}`,
      [close, movingAverage(close, candles), averageTrueRange(scope, atrCandles)],
      (out, [price, middle, range], count) => {
        for (let i = 0; i < count; i++) {
          out[i] = range[i] <= STILL * price[i] ? 0 : (price[i] - middle[i]) / (width * range[i])
        }
      },
    )
  },
})

export const channel = [donchianPosition, keltnerPosition]
