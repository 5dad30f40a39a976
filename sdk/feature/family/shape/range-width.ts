import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import { eachRow } from '../../op/each-row.ts'
import { rollingMax, rollingMin } from '../../op/rolling-extreme.ts'
import { candles } from '../../parameters.ts'
import { volatility } from '../../shared/volatility.ts'

/** Keeps the logarithm finite in a market that stands still. */
const FLOOR = 1e-6

export const rangeWidth = observedFeature({
  name: 'rangeWidth',
  group: 'shape',
  summary: 'How wide the range of the last candles is against what was to be expected.',
  unit: 'log ratio',
  formula: 'ln(ln(max(high, candles) / min(low, candles)) / (e·√candles)), the root rounded to tenths: 4.9 for 24',
  edges: 'ln 1e-6 where the market stood still all the time.',
  parameters: { candles },
  examples: ['rangeWidth(24)'],
  build: (scope, { candles }) => {
    const root = Math.round(10 * Math.sqrt(candles)) / 10 // as in the measured recipe
    return eachRow(
      `rangeWidth ${root}`,
      [rollingMax(scope.candle('high'), candles), rollingMin(scope.candle('low'), candles), volatility(scope)],
      (out, [top, bottom, e], count) => {
        for (let i = 0; i < count; i++) {
          const width = ln(top[i] / bottom[i]) / (e[i] * root)
          out[i] = ln(Math.max(width, FLOOR))
        }
      },
    )
  },
})
