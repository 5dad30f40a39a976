import { simulateMarket, type Timeframe, timeframeMs } from 'edgequant'
import type { Market } from './market.ts'
import { prepareSymbol } from './prepare.ts'

const SYMBOLS = 6
const CANDLES = 9_600
const SEED = 20_250_630

/** Stands in where no recorded candles are served; the page shows a "simulated market" tag as long as it is used. */
export function simulatedMarket(knownSymbols: readonly string[], timeframe: Timeframe): Market {
  const step = timeframeMs(timeframe)
  const startTimeMs = (Math.floor(Date.now() / step) - CANDLES) * step
  const symbols = knownSymbols.slice(0, SYMBOLS)
  const simulated = simulateMarket({ symbols, candles: CANDLES, timeframe, seed: SEED, startTimeMs })
  return {
    simulated: true,
    source: 'simulator',
    timeframe,
    symbols: new Map([...simulated].map(([symbol, candles]) => [symbol, prepareSymbol(symbol, timeframe, candles)])),
  }
}
