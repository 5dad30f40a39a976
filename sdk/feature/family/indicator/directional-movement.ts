import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { eachRow } from '../../op/each-row.ts'
import { recursiveLookback, wilderMean } from '../../op/recursive-mean.ts'
import { period, STILL, WILDER } from './period.ts'

/**
 * `100·W(DM) / W(TR)`. DM is the range beyond the candle before's, where it is the larger of the two sides; both means run
 * in one loop: they wait for their own last values, not for each other's.
 */
const indicator = (scope: Scope, sign: 1 | -1, candles: number): Series =>
  scope.graph.add({
    key: `directionalIndicator ${sign} ${candles}`,
    inputs: [scope.candle('high'), scope.candle('low'), scope.candle('close')],
    lookbackRows: 1 + recursiveLookback(candles, 1 / candles),
    firstValueRows: candles,
    exactMemory: false,
    start: () => {
      let [highBefore, lowBefore, closeBefore] = [Number.NaN, Number.NaN, Number.NaN]
      let moved = 0
      let range = 0
      let seen = 0
      return (out, [high, low, close], { count }) => {
        for (let i = 0; i < count; i++) {
          const up = high[i] - highBefore
          const down = lowBefore - low[i]
          const trueRange = Math.max(high[i], closeBefore) - Math.min(low[i], closeBefore)
          highBefore = high[i]
          lowBefore = low[i]
          closeBefore = close[i]
          if (Number.isNaN(trueRange)) {
            out[i] = Number.NaN
            continue
          }
          const one = sign > 0 ? up : down
          const other = sign > 0 ? down : up
          const weight = 1 / (seen < candles ? ++seen : candles)
          moved += weight * ((one > other && one > 0 ? one : 0) - moved)
          range += weight * (trueRange - range)
          const still = range <= STILL * close[i]
          out[i] = seen < candles ? Number.NaN : still ? 0 : (100 * moved) / range
        }
      }
    },
  })

const side = (name: string, sign: 1 | -1) =>
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
    build: (scope, { candles }) => indicator(scope, sign, candles),
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
  build: (scope, { candles }) => {
    const dx = eachRow(
      'directionalIndex',
      [indicator(scope, 1, candles), indicator(scope, -1, candles)],
      (out, [plus, minus], count) => {
        for (let i = 0; i < count; i++) {
          const sum = plus[i] + minus[i]
          out[i] = sum <= 100 * STILL ? 0 : (100 * Math.abs(plus[i] - minus[i])) / sum
        }
      },
    )
    return wilderMean(dx, candles)
  },
})

export const directionalMovement = [side('plusDi', 1), side('minusDi', -1), adx]
