import { fillShortGaps } from '../../sdk/candle/fill-short-gaps.ts'
import { validateRows } from '../../sdk/candle/validate-rows.ts'
import type { FeatureRows } from '../../sdk/feature/feature-table.ts'
import type { RunConfig } from '../config/run-config.ts'
import type { CandleFile } from '../data/candle-file.ts'

/**
 * The candles of a run, by symbol, in two forms, as a page gives them to a service: a symbol's own, in which short gaps are
 * filled since windows are contiguous, and as others look at them, with their gaps.
 */
export interface RunPanel {
  /** Gaps up to `data.maxGapCandles` are filled; longer ones stay. */
  readonly own: readonly FeatureRows[]
  readonly market: readonly FeatureRows[]
}

/** @throws CandleError */
export function toPanel({ data }: RunConfig, files: readonly CandleFile[]): RunPanel {
  const { symbols, timeframe, maxGapCandles } = data
  const found = symbols.flatMap(symbol => files.find(file => file.symbol === symbol) ?? [])
  return {
    own: found.map(({ symbol, candles }) =>
      validateRows(fillShortGaps(candles, { timeframe, maxGapCandles }).candles, { symbol, timeframe }),
    ),
    market: found.map(({ symbol, candles }) => validateRows(candles, { symbol, timeframe })),
  }
}
