import { fillShortGaps } from '../../sdk/candle/fill-short-gaps.ts'
import { validateRows } from '../../sdk/candle/validate-rows.ts'
import type { FeatureRows } from '../../sdk/feature/feature-table.ts'
import type { RunConfig } from '../config/run-config.ts'
import type { CandleFile } from '../data/candle-file.ts'

/** Every symbol's candles, gaps up to `data.maxGapCandles` filled; longer ones stay. @throws CandleError */
export function toPanel({ data }: RunConfig, files: readonly CandleFile[]): FeatureRows[] {
  const { symbols, timeframe, maxGapCandles } = data
  return symbols.flatMap(symbol => {
    const file = files.find(candidate => candidate.symbol === symbol)
    if (!file) return []
    return validateRows(fillShortGaps(file.candles, { timeframe, maxGapCandles }).candles, { symbol, timeframe })
  })
}
