import type { Strategy } from './backtest.ts'

/** All-in at the first open, then never again: what every strategy must beat. */
export function buyAndHold(): Strategy {
  let bought = false
  return {
    name: 'Buy & Hold',
    onCandle() {
      if (bought) return null
      bought = true
      return 1
    },
  }
}

/** Rungs on either side of the anchor, and how far apart they are. */
const GRID_RUNGS = 5
const GRID_SPACING_FRACTION = 0.02

/**
 * A plain long-only grid, 10 rungs 2 % apart:
 * - it starts half invested, with the current close as anchor;
 * - each rung the price **falls** to buys a tenth of equity more, each rung it **rises** to sells a tenth: all-in 5 rungs
 *   below the anchor, flat 5 rungs above it;
 * - a rung counts once the close has reached it and until the close has reached a neighbour, so that prices swinging
 *   around one rung do not trade back and forth;
 * - a close a full rung beyond the outermost ones moves the grid: it is the new anchor, with half of equity invested.
 *
 * It trades at the next open like everything else; a grid of resting limit orders would need the order of prices within
 * a candle, which candles do not tell.
 */
export function simpleGrid(): Strategy {
  let anchor = Number.NaN
  let rung = 0
  const priceOf = (k: number): number => anchor * (1 + GRID_SPACING_FRACTION) ** k

  return {
    name: 'Simple Grid',
    onCandle({ series, index }) {
      const close = series.close[index]
      if (!(close < priceOf(GRID_RUNGS + 1) && close > priceOf(-GRID_RUNGS - 1))) {
        anchor = close
        rung = 0
        return 0.5
      }
      const before = rung
      while (rung < GRID_RUNGS && close >= priceOf(rung + 1)) rung++
      while (rung > -GRID_RUNGS && close <= priceOf(rung - 1)) rung--
      return rung === before ? null : 0.5 - rung / (2 * GRID_RUNGS)
    },
  }
}
