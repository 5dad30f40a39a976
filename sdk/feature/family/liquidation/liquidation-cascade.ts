import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { integer } from '../../parameters.ts'
import { volatility } from '../../shared/volatility.ts'
import { latch } from './latch.ts'
import { excess, imbalance } from './liquidations.ts'

/** A cascade begins where so many times the usual is liquidated … */
const BEGINS_AT = 5
/** … and is over where it is less than this. */
const ENDS_BELOW = 2
/** Most of the forced orders are of one side: four to one. */
const ONE_SIDED = 0.6
/** The price gives way to them: by more deviations than usual. */
const MOVE = 1
/** Longer than any on record; the state forgets what lies further back. */
const LONGEST_CANDLES = 72

export const liquidationCascade = observedFeature({
  name: 'liquidationCascade',
  group: 'liquidation',
  summary:
    'Whether forced orders move the price that forces more of them: −1 longs are sold out in a fall, +1 shorts are bought in in a rise, 0 neither.',
  unit: 'flag',
  formula: `begins where x ≥ ${BEGINS_AT}, |i| ≥ ${ONE_SIDED} and sign(i)·return(2·halfLife) ≥ ${MOVE}, with that sign; over where x < ${ENDS_BELOW}, or ${LONGEST_CANDLES} candles after it last met the condition; ln x = liquidationIntensity(halfLife), i = liquidationImbalance(halfLife)`,
  edges: '0 where nothing is liquidated; no value where that is not known.',
  source:
    'Brunnermeier & Pedersen (2009), Market Liquidity and Funding Liquidity, Review of Financial Studies 22 (spirals of forced sales); the thresholds are ours, chosen without recorded liquidations',
  parameters: { halfLife: integer({ min: 1, max: 100 }) },
  examples: ['liquidationCascade(2)', 'liquidationCascade(6)'],
  build: (scope, { halfLife }) => {
    const close = scope.candle('close')
    const candles = 2 * halfLife
    const root = Math.sqrt(candles)
    const intensity = excess(scope, halfLife)
    const starts = eachRow(
      `cascadeStarts ${candles}`,
      [intensity, imbalance(scope, halfLife), close, lag(close, candles), volatility(scope)],
      (out, [times, side, now, then, e], count) => {
        for (let i = 0; i < count; i++) {
          const move = ln(now[i] / then[i]) / (e[i] * root)
          const sign = side[i] >= ONE_SIDED ? 1 : side[i] <= -ONE_SIDED ? -1 : 0
          const known = times[i] + side[i] + move
          out[i] = Number.isNaN(known) ? known : times[i] >= BEGINS_AT && sign * move >= MOVE ? sign : 0
        }
      },
    )
    const ends = eachRow('cascadeEnds', [intensity], (out, [times], count) => {
      for (let i = 0; i < count; i++) out[i] = times[i] < ENDS_BELOW ? 1 : 0
    })
    return latch(starts, ends, LONGEST_CANDLES)
  },
})
