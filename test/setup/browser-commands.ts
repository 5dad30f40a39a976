import type { BrowserCommand } from 'vitest/node'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { type FeatureValues, featureValues } from '../fixtures/feature-values.ts'

declare module 'vitest/browser' {
  interface BrowserCommands {
    featuresInNode(): Promise<FeatureValues>
  }
}

/** What the trainer's side of the features test computes: candles, and all features of them, in Node. */
export const featuresInNode: BrowserCommand<[]> = () => {
  const candles = simulateMarket({ symbols: ['BTC/USDT'], candles: 1200, timeframe: '1h', seed: 12 }).get('BTC/USDT')!
  return featureValues(candles)
}
