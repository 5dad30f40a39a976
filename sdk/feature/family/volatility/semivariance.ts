import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { exponentialMean } from '../../op/decaying-mean.ts'
import { eachRow } from '../../op/each-row.ts'
import { halfLife } from '../../parameters.ts'
import { logReturn } from '../../shared/log-return.ts'

/** Keeps the ratio defined where nothing moved. */
const EPSILON = 1e-12

/** `r²` of rises (+1) or falls (−1), else 0. */
const oneSided = (scope: Scope, sign: 1 | -1): Series =>
  eachRow(`oneSidedSquare ${sign}`, [logReturn(scope)], (out, [r], count) => {
    for (let i = 0; i < count; i++) out[i] = r[i] * sign > 0 ? r[i] * r[i] : 0
  })

export const semivariance = observedFeature({
  name: 'semivariance',
  group: 'volatility',
  summary: 'Whether recent variance came from rises (+1) or falls (−1).',
  unit: 'fraction',
  formula: '(u − d) / (u + d), u and d the EWMA of r² over rises and falls',
  edges: '0 where nothing moves.',
  source: 'Barndorff-Nielsen, Kinnebrock & Shephard (2010), Measuring Downside Risk: Realised Semivariance',
  parameters: { halfLife },
  examples: ['semivariance(12)', 'semivariance(72)'],
  build: (scope, { halfLife }) =>
    eachRow(
      'semivariance',
      [exponentialMean(oneSided(scope, 1), halfLife), exponentialMean(oneSided(scope, -1), halfLife)],
      (out, [up, down], count) => {
        for (let i = 0; i < count; i++) out[i] = (up[i] - down[i]) / (up[i] + down[i] + EPSILON)
      },
    ),
})
