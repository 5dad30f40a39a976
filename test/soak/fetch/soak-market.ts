import type { Candle } from '../../../sdk/candle/candle.ts'
import { simulateMarket } from '../../../sdk/candle/simulate-market.ts'
import type { Random } from '../../../sdk/random.ts'
import { HOUR_MS } from '../../../sdk/units.ts'
import type { LoopbackMarket } from '../../fixtures/exchange/loopback-market.ts'

export const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'XRP/USDT', 'ADA/USDT'] as const
/** Of which funding payments are fetched. */
export const PERPETUAL = 'BTC/USDT:USDT'
const FUNDING_HOURS = 8
const YEAR_HOURS = 365 * 24
/** After the year, for what is fetched later. */
export const LATER_HOURS = 96

const GAPS = 3
const LONGEST_GAP_HOURS = 40

let simulated: ReadonlyMap<string, readonly Candle[]> | undefined

/**
 * Five markets with a year of hourly candles and a little more, each with gaps of its own; and a perpetual with funding
 * payments for as long.
 */
export function soakMarkets(random: Random): LoopbackMarket[] {
  simulated ??= simulateMarket({ symbols: SYMBOLS, candles: YEAR_HOURS + LATER_HOURS + 1, timeframe: '1h', seed: 11 })
  const spot = [...simulated].map(([symbol, candles]): LoopbackMarket => {
    const gone = new Set<number>()
    for (let i = 0; i < GAPS; i++) {
      const from = Math.floor(random.uniform() * (YEAR_HOURS - 2 * LONGEST_GAP_HOURS))
      const length = 1 + Math.floor(random.uniform() * LONGEST_GAP_HOURS)
      for (let hour = from; hour < from + length; hour++) gone.add(hour)
    }
    return { symbol, candles: new Map([['1h', candles.filter((_, hour) => !gone.has(hour))]]) }
  })
  const payments = Math.ceil((YEAR_HOURS + LATER_HOURS) / FUNDING_HOURS)
  const funding = Array.from({ length: payments }, (_, i) => ({
    timeMs: START_MS + i * FUNDING_HOURS * HOUR_MS,
    rate: Number((random.normal() * 1e-4).toFixed(8)),
  }))
  return [...spot, { symbol: PERPETUAL, funding }]
}

export const START_MS = Date.UTC(2020, 0, 1)
export const END_OF_YEAR_MS = START_MS + YEAR_HOURS * HOUR_MS
