import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { wilderMean } from '../../op/recursive-mean.ts'
import { period, STILL, WILDER } from './period.ts'

/** The range beyond the candle before's: of the two sides, the larger one alone. */
const movement = (scope: Scope, sign: 1 | -1): Series => {
  const [high, low] = [scope.candle('high'), scope.candle('low')]
  return eachRow(
    `directionalMovement ${sign}`,
    [high, lag(high, 1), low, lag(low, 1)],
    (out, [top, topBefore, bottom, bottomBefore], count) => {
      for (let i = 0; i < count; i++) {
        const up = top[i] - topBefore[i]
        const down = bottomBefore[i] - bottom[i]
        const one = sign > 0 ? up : down
        // a missing value stays missing
        out[i] = one < 0 || one <= (sign > 0 ? down : up) ? 0 : one
      }
    },
  )
}

/** From the second candle on, as the movements are. */
const trueRange = (scope: Scope): Series =>
  eachRow(
    'trueRangeAfterFirst',
    [scope.candle('high'), scope.candle('low'), lag(scope.candle('close'), 1)],
    (out, [high, low, before], count) => {
      for (let i = 0; i < count; i++) out[i] = Math.max(high[i], before[i]) - Math.min(low[i], before[i])
    },
  )

const indicator = (scope: Scope, sign: 1 | -1, candles: number): Series =>
  eachRow(
    'directionalIndicator',
    [wilderMean(movement(scope, sign), candles), wilderMean(trueRange(scope), candles), scope.candle('close')],
    (out, [moved, range, close], count) => {
      for (let i = 0; i < count; i++) out[i] = range[i] <= STILL * close[i] ? 0 : (100 * moved[i]) / range[i]
    },
  )

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
