import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { clipped, over } from '../../op/arithmetic.ts'
import { asOf, onAxis } from '../../op/axes.ts'
import { crossMean } from '../../op/cross-section.ts'
import { lag } from '../../op/lag.ts'
import { logReturn } from '../../shared/log-return.ts'
import { volatility } from '../../shared/volatility.ts'

/** Beyond this many deviations a move says 'extreme', not how extreme. */
export const MOVE_CLIP = 8

/** What every feature of the market says of symbols that lack candles. */
export const MARKET_EDGES =
  'Of the symbols that have a candle, from their second one on; its last value for 48 candles at most where none has one.'

/**
 * A series of each of the market's symbols, at the ticks where one of them has a candle: other symbols on the clock make no
 * ticks of the market. In alphabetical order, so that sums are the same bits in whatever order the market is named.
 */
export function marketSeries(scope: Scope, of: (symbol: Scope) => Series): Series[] {
  const symbols = [...new Set(scope.market)].sort()
  const axis = scope.graph.unionOf(symbols)
  return symbols.map(symbol => onAxis(of(scope.of(symbol)), axis))
}

/** Each symbol's return in units of the volatility at the market's tick before: what was expected, not what came. */
export function marketMoves(scope: Scope): Series[] {
  const expected = marketSeries(scope, volatility)
  return marketSeries(scope, logReturn).map((r, s) => clipped(over(r, lag(expected[s], 1)), -MOVE_CLIP, MOVE_CLIP))
}

/** Mean of the symbols' ex-ante volatilities. */
export const meanVolatility = (scope: Scope): Series => crossMean(marketSeries(scope, volatility))

/** A series of the market at a symbol's own candles. */
export const ofMarket = (scope: Scope, x: Series): Series => asOf(x, scope.axis)
