import { observedFeature } from '../../feature.ts'
import { recursiveLookback } from '../../op/recursive-mean.ts'
import { period, STILL, WILDER } from './period.ts'

export const rsi = observedFeature({
  name: 'rsi',
  group: 'indicator',
  summary: 'Relative strength index: which share of the recent moves went up.',
  unit: '0 … 100',
  formula: '100·u / (u + d), u and d Wilder’s means of the rises and falls of the close over so many candles',
  edges: '100 without a fall, 0 without a rise, 50 where nothing moves.',
  source: WILDER,
  parameters: { candles: period },
  examples: ['rsi(14)', 'rsi(42)'],
  build: (scope, { candles }) =>
    scope.graph.add({
      key: `rsi ${candles}`,
      inputs: [scope.candle('close')],
      lookbackRows: 1 + recursiveLookback(candles, 1 / candles),
      firstValueRows: candles,
      exactMemory: false,
      // both means in one loop: they wait for their own last values, not for each other's
      start: () => {
        let before = Number.NaN
        let up = 0
        let down = 0
        let seen = 0
        return (out, [close], { count }) => {
          for (let i = 0; i < count; i++) {
            const change = close[i] - before
            before = close[i]
            if (Number.isNaN(change)) {
              out[i] = Number.NaN
              continue
            }
            const weight = 1 / (seen < candles ? ++seen : candles)
            up += weight * (Math.max(change, 0) - up)
            down += weight * (Math.max(-change, 0) - down)
            const moves = up + down
            const still = moves <= STILL * close[i]
            out[i] = seen < candles ? Number.NaN : still ? 50 : (100 * up) / moves
          }
        }
      },
    }),
})
