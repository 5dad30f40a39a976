import { type Manifest, simulateMarket, timeframeMs } from 'edgequant'
import type { Market } from './market.ts'
import { prepareSymbol } from './prepare.ts'

const SYMBOLS = 6
const CANDLES = 9_600
const SEED = 20_250_630

/** Stands in where no recorded candles are served; the page shows a "simulated market" tag as long as it is used. */
export function simulatedMarket({ symbols: known, timeframe }: Pick<Manifest, 'symbols' | 'timeframe'>): Market {
  const step = timeframeMs(timeframe)
  const startTimeMs = (Math.floor(Date.now() / step) - CANDLES) * step
  const symbols = known.slice(0, SYMBOLS)
  const simulated = simulateMarket({ symbols, candles: CANDLES, timeframe, seed: SEED, startTimeMs })
  return {
    simulated: true,
    source: 'simulator',
    timeframe,
    symbols: new Map([...simulated].map(([symbol, candles]) => [symbol, prepareSymbol(symbol, timeframe, candles)])),
  }
}
