import { ln } from '../../../portable-math.ts'
import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { eachRow } from '../../op/each-row.ts'
import { lag } from '../../op/lag.ts'
import { candles, oneOf } from '../../parameters.ts'

/** `ln(open interest now / then)`; NaN where there was none. */
const change = (scope: Scope, candles: number): Series => {
  const contracts = scope.input('openInterest')
  return eachRow('openInterestChange', [contracts, lag(contracts, candles)], (out, [now, then], count) => {
    for (let i = 0; i < count; i++) out[i] = now[i] > 0 && then[i] > 0 ? ln(now[i] / then[i]) : Number.NaN
  })
}

const openInterestChange = observedFeature({
  name: 'openInterestChange',
  group: 'derivative',
  summary:
    'Growth of open positions over the last candles, counted in base currency, so that the price has no part in it.',
  unit: 'log return',
  formula: 'ln(open interest[t] / open interest[t − candles])',
  edges: 'No value where there is no open interest.',
  parameters: { candles },
  examples: ['openInterestChange(1)', 'openInterestChange(24)'],
  build: (scope, { candles }) => change(scope, candles),
})

/** Signs of the price's and of the open interest's move. */
const MOVES = {
  newLongs: [1, 1],
  newShorts: [-1, 1],
  shortsClosing: [1, -1],
  longsClosing: [-1, -1],
} as const

const positioning = observedFeature({
  name: 'positioning',
  group: 'derivative',
  summary:
    'Who moved the price over the last candles: newLongs (price and open interest rose), newShorts (price fell, open interest rose), shortsClosing (price rose, open interest fell) or longsClosing (both fell).',
  unit: 'flag',
  formula: '1 where both moved so, else 0',
  edges: '0 for all four where the price or the open interest is unchanged.',
  source: 'Murphy (1999), Technical Analysis of the Financial Markets, ch. 7',
  parameters: { move: oneOf(Object.keys(MOVES) as (keyof typeof MOVES)[]), candles },
  examples: Object.keys(MOVES).map(move => `positioning(${move},24)`),
  build: (scope, { move, candles }) => {
    const close = scope.candle('close')
    const [priceSign, interestSign] = MOVES[move]
    return eachRow(
      `positioning ${move}`,
      [close, lag(close, candles), change(scope, candles)],
      (out, [now, then, growth], count) => {
        for (let i = 0; i < count; i++) {
          const isSo = (now[i] - then[i]) * priceSign > 0 && growth[i] * interestSign > 0
          out[i] = Number.isNaN(growth[i]) ? Number.NaN : isSo ? 1 : 0
        }
      },
    )
  },
})

export const openInterestFamilies = [openInterestChange, positioning]
