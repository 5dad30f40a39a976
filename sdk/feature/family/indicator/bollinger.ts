import { observedFeature } from '../../feature.ts'
import { meanOf, overWindow, squaresAround } from '../../op/over-window.ts'
import { number } from '../../parameters.ts'
import { period } from './period.ts'

const BOLLINGER = 'Bollinger (2001), Bollinger on Bollinger Bands'
const width = number({ min: 0.1, max: 10 })

const bollingerPercentB = observedFeature({
  name: 'bollingerPercentB',
  group: 'indicator',
  summary:
    'Where the close stands between its Bollinger bands: 0 at the lower one, 1 at the upper one, beyond them too.',
  unit: 'fraction',
  formula: '(close − lower) / (upper − lower), bands at mean(close, candles) ± width·σ(close, candles)',
  edges: '0.5 where the close has not moved.',
  source: BOLLINGER,
  parameters: { candles: period, width },
  examples: ['bollingerPercentB(20,2)', 'bollingerPercentB(50,2)'],
  build: (scope, { candles, width }) =>
    overWindow(`bollingerPercentB ${width}`, scope.candle('close'), candles, (x, from, n) => {
      const middle = meanOf(x, from, n)
      const deviation = Math.sqrt(squaresAround(middle, x, from, n) / n)
      return deviation === 0 ? 0.5 : 0.5 + (x[from + n - 1] - middle) / (2 * width * deviation)
    }),
})

const bollingerBandwidth = observedFeature({
  name: 'bollingerBandwidth',
  group: 'indicator',
  summary: 'How far apart the Bollinger bands are: narrow before a squeeze breaks out.',
  unit: 'fraction of the price',
  formula: '2·width·σ(close, candles) / mean(close, candles)',
  edges: '0 where the close has not moved.',
  source: BOLLINGER,
  parameters: { candles: period, width },
  examples: ['bollingerBandwidth(20,2)'],
  build: (scope, { candles, width }) =>
    overWindow(`bollingerBandwidth ${width}`, scope.candle('close'), candles, (x, from, n) => {
      const middle = meanOf(x, from, n)
      return (2 * width * Math.sqrt(squaresAround(middle, x, from, n) / n)) / middle
    }),
})

export const bollinger = [bollingerPercentB, bollingerBandwidth]
