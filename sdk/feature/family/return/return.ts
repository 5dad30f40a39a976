import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { candles } from '../../parameters.ts'
import { volatility } from '../../shared/volatility.ts'

/** Beyond this many deviations a return says 'extreme', not how extreme. */
const CLIP = 8

export const normalisedReturn = observedFeature({
  name: 'return',
  group: 'return',
  summary: 'The move over the last candles, in units of what was to be expected.',
  unit: 'ex-ante σ',
  formula: `clip(ln(close[t] / close[t − candles]) / (e[t]·√candles), ±${CLIP})`,
  parameters: { candles },
  examples: ['return(1)', 'return(3)', 'return(6)', 'return(12)', 'return(24)', 'return(72)', 'return(168)'],
  build: (scope, { candles }) => {
    const close = scope.candle('close')
    const root = Math.sqrt(candles)
    return eachRow(
      `return ${candles}`,
      [close, lag(close, candles), volatility(scope)],
      (out, [now, then, e], count) => {
        for (let i = 0; i < count; i++) {
          const z = ln(now[i] / then[i]) / (e[i] * root)
          out[i] = Math.max(-CLIP, Math.min(CLIP, z))
        }
      },
    )
  },
})
