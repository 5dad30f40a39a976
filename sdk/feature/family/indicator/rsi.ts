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
      start: () => {
        const state = new Float64Array([Number.NaN, 0, 0, 0])
        return (out, [close], { count }) => follow(out, close, count, state, candles)
      },
    }),
})

/**
 * Both means in one loop: they wait for their own last values, not for each other's. `state` is the close before, the means
 * of rises and of all moves, and how many candles there were, up to `candles + 1`.
 */
function follow(out: Float64Array, close: Float64Array, count: number, state: Float64Array, candles: number): void {
  const weight = 1 / candles
  let before = state[0]
  let rise = state[1]
  let move = state[2]
  let seen = state[3]
  let i = 0
  for (; i < count && seen <= candles; i++) {
    const change = close[i] - before
    before = close[i]
    out[i] = Number.NaN
    if (seen++ === 0) continue
    rise += (Math.max(change, 0) - rise) / (seen - 1)
    move += (Math.abs(change) - move) / (seen - 1)
    if (seen > candles) out[i] = move <= STILL * before ? 50 : (100 * rise) / move
  }
  for (; i < count; i++) {
    const price = close[i]
    const change = price - before
    const size = Math.abs(change)
    before = price
    // (|x| + x) / 2 is max(x, 0) without a branch that half the candles would guess wrong
    rise += weight * (0.5 * (size + change) - rise)
    move += weight * (size - move)
    out[i] = move <= STILL * price ? 50 : (100 * rise) / move
  }
  state[0] = before
  state[1] = rise
  state[2] = move
  state[3] = seen
}
