import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { recursiveLookback } from '../../op/recursive-mean.ts'
import { period, STILL, WILDER } from './period.ts'

type Figure = 'plusDi' | 'minusDi' | 'adx'

/**
 * +DI, −DI and ADX, each from the candles: what they are means of runs in one loop, and waits for its own last values only.
 * DM is the range beyond the candle before's, where it is the larger of the two sides.
 */
function movement(scope: Scope, figure: Figure, candles: number): Series {
  const isIndex = figure === 'adx'
  const lookback = recursiveLookback(candles, 1 / candles)
  return scope.graph.add({
    key: `${figure} ${candles}`,
    inputs: [scope.candle('high'), scope.candle('low'), scope.candle('close')],
    lookbackRows: 1 + lookback + (isIndex ? lookback : 0),
    firstValueRows: candles + (isIndex ? candles - 1 : 0),
    exactMemory: false,
    start: () => {
      const state = new Float64Array(8)
      return (out, [high, low, close], { count }) => follow(out, high, low, close, count, state, { figure, candles })
    },
  })
}

/** `state` is the candle before, the means, and how many candles there were. */
function follow(
  out: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  count: number,
  state: Float64Array,
  { figure, candles }: { readonly figure: Figure; readonly candles: number },
): void {
  const settledWeight = 1 / candles
  const isIndex = figure === 'adx'
  const isPlus = figure === 'plusDi'
  let highBefore = state[0]
  let lowBefore = state[1]
  let closeBefore = state[2]
  let above = state[3]
  let below = state[4]
  let range = state[5]
  let index = state[6]
  let seen = state[7]
  for (let i = 0; i < count; i++) {
    const up = high[i] - highBefore
    const down = lowBefore - low[i]
    const trueRange = Math.max(high[i], closeBefore) - Math.min(low[i], closeBefore)
    highBefore = high[i]
    lowBefore = low[i]
    closeBefore = close[i]
    out[i] = Number.NaN
    if (seen++ === 0) continue
    const weight = seen <= candles ? 1 / (seen - 1) : settledWeight
    above += weight * ((up > down && up > 0 ? up : 0) - above)
    below += weight * ((down > up && down > 0 ? down : 0) - below)
    range += weight * (trueRange - range)
    if (seen <= candles) continue
    const isStill = range <= STILL * closeBefore
    if (isIndex) {
      const both = above + below
      const dx = isStill || both <= STILL * range ? 0 : (100 * Math.abs(above - below)) / both
      const indices = seen - candles
      index += (indices < candles ? 1 / indices : settledWeight) * (dx - index)
      if (indices >= candles) out[i] = index
    } else out[i] = isStill ? 0 : (100 * (isPlus ? above : below)) / range
  }
  state[0] = highBefore
  state[1] = lowBefore
  state[2] = closeBefore
  state[3] = above
  state[4] = below
  state[5] = range
  state[6] = index
  state[7] = seen
}

const side = (name: 'plusDi' | 'minusDi', sign: 1 | -1) =>
  observedFeature({
    name,
    group: 'indicator',
    summary: `${sign > 0 ? '+DI' : '−DI'}: which part of the ranges broke ${sign > 0 ? 'above' : 'below'} the candle before.`,
    unit: '0 … 100',
    formula: `100·W(${sign > 0 ? '+DM' : '−DM'}) / W(TR), W Wilder’s mean over so many candles, DM the larger of the moves beyond the range before, TR the true range`,
    edges:
      '0 in a market that stands still. A candle that reaches as far above as below the one before counts for neither.',
    source: WILDER,
    parameters: { candles: period },
    examples: [`${name}(14)`],
    build: (scope, { candles }) => movement(scope, name, candles),
  })

const adx = observedFeature({
  name: 'adx',
  group: 'indicator',
  summary: 'Average directional index: how strongly the market trends, whichever way.',
  unit: '0 … 100',
  formula: 'Wilder’s mean of DX = 100·|+DI − −DI| / (+DI + −DI), all over so many candles',
  edges: 'DX is 0 where no candle leaves the range before it.',
  source: WILDER,
  parameters: { candles: period },
  examples: ['adx(14)'],
  build: (scope, { candles }) => movement(scope, 'adx', candles),
})

export const directionalMovement = [side('plusDi', 1), side('minusDi', -1), adx]
