import { observedFeature } from '../../feature.ts'
import { asOf, CANDLES_LACKING } from '../../op/axes.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { rollingDeviation } from '../../op/rolling-deviation.ts'
import { candles, integer, symbol } from '../../parameters.ts'
import { FUNDING_HIGH, FUNDING_LOW, meanFunding } from './perpetual.ts'

/** Keeps the score of a rate that has not changed for weeks defined: a tenth of a basis point. */
const SMALLEST_DEVIATION = 1e-5

const facts = {
  group: 'derivative',
  unit: 'bps',
  formula: `clip(mean(rate, candles)·10,000, ${FUNDING_LOW}, ${FUNDING_HIGH}), rate the last one paid as the candle closes`,
  edges: 'No value where the last payment was more than a day ago.',
} as const

const funding = observedFeature({
  ...facts,
  name: 'funding',
  summary: 'What longs pay shorts: high where many pay for leverage.',
  parameters: { candles },
  examples: ['funding(1)', 'funding(72)'],
  build: (scope, { candles }) => meanFunding(scope, candles),
})

const leadFunding = observedFeature({
  ...facts,
  name: 'leadFunding',
  summary: 'Funding of another symbol, such as one that the market follows.',
  edges: `${facts.edges} Where the other symbol lacks candles, its last value holds, for ${CANDLES_LACKING} candles at most.`,
  parameters: { symbol, candles },
  examples: [
    'leadFunding(BTC/USDT,1)',
    'leadFunding(BTC/USDT,72)',
    'leadFunding(ETH/USDT,1)',
    'leadFunding(ETH/USDT,72)',
  ],
  build: (scope, { symbol, candles }) => asOf(meanFunding(scope.of(symbol), candles), scope.axis),
})

const fundingScore = observedFeature({
  name: 'fundingScore',
  group: 'derivative',
  summary: 'How unusual the funding rate is against the last candles, this one among them.',
  unit: 'σ',
  formula: '(rate − mean(rate, candles)) / (deviation(rate, candles) + 1e-5)',
  edges: `0 where the rate has not changed. Over the candles whose rate is known, if those are half of them. ${facts.edges}`,
  parameters: { candles: integer({ min: 2, max: 10_000 }) },
  examples: ['fundingScore(720)'],
  build: (scope, { candles }) => {
    const rate = scope.input('fundingRate')
    const known = { minValues: Math.max(2, Math.ceil(candles / 2)) }
    return eachRow(
      'fundingScore',
      [rate, rollingMean(rate, candles, known), rollingDeviation(rate, candles, known)],
      (out, [now, mean, deviation], count) => {
        for (let i = 0; i < count; i++) out[i] = (now[i] - mean[i]) / (deviation[i] + SMALLEST_DEVIATION)
      },
    )
  },
})

export const fundingFamilies = [funding, leadFunding, fundingScore]
