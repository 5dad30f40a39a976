import { DAY_MS, type Timeframe, timeframeMs } from 'edgequant'
import type { SymbolCandles } from './market.ts'

/** Tercile of ex-ante volatility within the year before. */
export type Regime = 'calm' | 'usual' | 'wild'

const YEAR_DAYS = 365
const regimeOfShare = (share: number): Regime => (share < 1 / 3 ? 'calm' : share < 2 / 3 ? 'usual' : 'wild')

/** Where the volatility at `index` stands among those of the year up to it; nothing later is looked at. */
export function regimeAt(data: SymbolCandles, timeframe: Timeframe, index: number): { regime: Regime; share: number } {
  const { volatility } = data
  const from = Math.max(0, index - (YEAR_DAYS * DAY_MS) / timeframeMs(timeframe))
  let below = 0
  for (let i = from; i < index; i++) if (volatility[i] < volatility[index]) below++
  const share = below / Math.max(1, index - from)
  return { regime: regimeOfShare(share), share }
}

/** One regime a day over the year before `index`, oldest first: the year's terciles, so a third of the days is each. */
export function regimesOfYear(data: SymbolCandles, timeframe: Timeframe, index: number): Regime[] {
  const perDay = DAY_MS / timeframeMs(timeframe)
  const daily: number[] = []
  for (let i = index; i >= 0 && daily.length < YEAR_DAYS; i -= perDay) daily.push(data.volatility[i])
  daily.reverse()
  const sorted = [...daily].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.floor(sorted.length / 3)], sorted[Math.floor((2 * sorted.length) / 3)]]
  return daily.map(value => (value < low ? 'calm' : value < high ? 'usual' : 'wild'))
}
