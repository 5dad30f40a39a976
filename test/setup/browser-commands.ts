import type { BrowserCommand } from 'vitest/node'
import type { Candle } from '../../sdk/candle/candle.ts'
import { PANEL_SYMBOLS, roughMarket, simulatedMarket } from '../fixtures/feature/feature-panel.ts'
import { type FeatureValues, featureValues } from '../fixtures/feature-values.ts'

/** What the trainer's side of the features test computes: candles, and all features of them, in Node. */
export interface FeaturesInNode extends FeatureValues {
  readonly market: readonly (readonly [string, readonly Candle[]])[]
}

declare module 'vitest/browser' {
  interface BrowserCommands {
    featuresInNode(): Promise<FeaturesInNode>
  }
}

export const featuresInNode: BrowserCommand<[]> = () => {
  const [first] = PANEL_SYMBOLS
  const market = new Map([...roughMarket(2400), [first, simulatedMarket(2400).get(first)!]])
  return { market: [...market], ...featureValues(market) }
}
