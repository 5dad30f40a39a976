import { ln } from '../portable-math.ts'
import type { ObservedFeature } from './feature.ts'
import { MEMORY_CANDLES } from './shared-series.ts'

/** Beyond this many deviations a return says 'extreme', not how extreme. */
const CLIP = 8

/** The move over the last `candles`, in units of what was to be expected. */
export function normalisedReturn(candles: number): ObservedFeature {
  return {
    kind: 'observed',
    name: `return${candles}`,
    unit: 'ex-ante σ',
    formula: `clip(ln(close[t] / close[t−${candles}]) / (e[t]·√${candles}), ±${CLIP})`,
    warmupCandles: MEMORY_CANDLES,
    compute({ close }, { volatility }, out) {
      const root = Math.sqrt(candles)
      for (let t = MEMORY_CANDLES; t < out.length; t++) {
        const z = ln(close[t] / close[t - candles]) / (volatility[t] * root)
        out[t] = Math.max(-CLIP, Math.min(CLIP, z))
      }
    },
  }
}
