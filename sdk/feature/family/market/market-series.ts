import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { clipped, over } from '../../op/arithmetic.ts'
import { asOf, onAxis, settled } from '../../op/axes.ts'
import { crossMean } from '../../op/cross-section.ts'
import { lag } from '../../op/lag.ts'
import { logReturn } from '../../shared/log-return.ts'
import { volatility } from '../../shared/volatility.ts'

/** Beyond this many deviations a move says 'extreme', not how extreme. */
export const MOVE_CLIP = 8

export const LAST_OF_MARKET = 'its last value for 48 candles at most where none has one.'

/** What features of the market say of symbols that lack candles, or began to trade of late. */
export const MARKET_EDGES = `Of the symbols that have a candle and whose own e has settled; ${LAST_OF_MARKET}`

/**
 * A series of each of the market's symbols, at the ticks where one of them has a candle: other symbols on the clock make no
 * ticks of the market. In alphabetical order, so that sums are the same bits in whatever order the market is named.
 */
export function marketSeries(scope: Scope, of: (symbol: Scope) => Series): Series[] {
  const symbols = [...new Set(scope.market)].sort()
  const axis = scope.graph.unionOf(symbols)
  return symbols.map(symbol => onAxis(of(scope.of(symbol)), axis))
}

/** A symbol that began to trade of late says nothing of the market yet: its e is made of a few candles. */
const settledVolatility = (symbol: Scope): Series => settled(volatility(symbol))

/** Each symbol's return in units of the volatility at the market's tick before: what was expected, not what came. */
export function marketMoves(scope: Scope): Series[] {
  const expected = marketSeries(scope, settledVolatility)
  return marketSeries(scope, logReturn).map((r, s) => clipped(over(r, lag(expected[s], 1)), -MOVE_CLIP, MOVE_CLIP))
}

/** Mean of the symbols' ex-ante volatilities. */
export const meanVolatility = (scope: Scope): Series => crossMean(marketSeries(scope, settledVolatility))

/** A series of the market at a symbol's own candles. */
export const ofMarket = (scope: Scope, x: Series): Series => asOf(x, scope.axis)
