import { observedFeature } from '../../feature.ts'
import { rollingMean } from '../../op/decaying-mean.ts'
import { STILL_MARKET } from '../../op/log-ratio.ts'
import { candles, share } from '../../parameters.ts'
import { againstVolatility } from '../../shared/against-volatility.ts'
import { squaredReturn } from '../../shared/log-return.ts'

export const realisedVolatility = observedFeature({
  name: 'realisedVolatility',
  group: 'volatility',
  summary:
    'Volatility of the last returns against the ex-ante one: is the market waking up or calming down? Several lengths together are a heterogeneous autoregression.',
  unit: 'log ratio',
  formula: 'ln(√mean(r², candles) + share·e) − ln e',
  edges: STILL_MARKET,
  source: 'Corsi (2009), A Simple Approximate Long-Memory Model of Realized Volatility, J. Financial Econometrics 7',
  parameters: { candles, share },
  examples: [
    'realisedVolatility(1,0.1)',
    'realisedVolatility(3,0.1)',
    'realisedVolatility(6,0.05)',
    'realisedVolatility(12,0.1)',
    'realisedVolatility(24,0.05)',
    'realisedVolatility(72,0.05)',
    'realisedVolatility(168,0.05)',
    'realisedVolatility(720,0.05)',
  ],
  build: (scope, { candles, share }) => againstVolatility(scope, rollingMean(squaredReturn(scope), candles), share),
})
