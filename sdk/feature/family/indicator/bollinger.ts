import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { meanOf, overWindow, squaresAround } from '../../op/over-window.ts'
import { number } from '../../parameters.ts'
import { period } from './period.ts'

const BOLLINGER = 'Bollinger (2001), Bollinger on Bollinger Bands'
const width = number({ min: 0.1, max: 10 })

/** Around the window's own mean: means of squares would lose the digits in which prices differ. */
const populationDeviation = (x: Series, candles: number): Series =>
  overWindow('populationDeviation', x, candles, (values, from, n) =>
    Math.sqrt(squaresAround(meanOf(values, from, n), values, from, n) / n),
  )

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
  build: (scope, { candles, width }) => {
    const close = scope.candle('close')
    return eachRow(
      `bollingerPercentB ${width}`,
      [close, rollingMean(close, candles), populationDeviation(close, candles)],
      (out, [price, middle, deviation], count) => {
        for (let i = 0; i < count; i++) {
          const above = price[i] - middle[i]
          out[i] = deviation[i] === 0 ? 0.5 : 0.5 + above / (2 * width * deviation[i])
        }
      },
    )
  },
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
  build: (scope, { candles, width }) => {
    const close = scope.candle('close')
    return eachRow(
      `bollingerBandwidth ${width}`,
      [rollingMean(close, candles), populationDeviation(close, candles)],
      (out, [middle, deviation], count) => {
        for (let i = 0; i < count; i++) out[i] = (2 * width * deviation[i]) / middle[i]
      },
    )
  },
})

export const bollinger = [bollingerPercentB, bollingerBandwidth]
