import { fillShortGaps } from '../../sdk/candle/fill-short-gaps.ts'
import { splitAtGaps } from '../../sdk/candle/split-at-gaps.ts'
import { validateCandles } from '../../sdk/candle/validate-candles.ts'
import type { CandleFile } from '../data/candle-file.ts'
import { day, integer } from '../report/format.ts'

/** What validation finds in one file: the pieces between long gaps, and what was filled in the short ones. */
export interface CheckedFile {
  readonly file: CandleFile
  readonly pieces: number
  readonly filledCandles: number
  readonly zeroVolumeCandles: number
}

/**
 * Runs every check that training runs.
 * @throws CandleError for the first defect, naming symbol, time and field
 */
export function checkCandles(file: CandleFile, maxGapCandles: number): CheckedFile {
  const { symbol, timeframe } = file
  const { candles, filled } = fillShortGaps(file.candles, { timeframe, maxGapCandles })
  const pieces = splitAtGaps(candles, timeframe)
  for (const piece of pieces) validateCandles(piece, { symbol, timeframe })
  return {
    file,
    pieces: pieces.length,
    filledCandles: filled.reduce((sum, gap) => sum + gap.candles, 0),
    zeroVolumeCandles: file.candles.filter(candle => candle.volume === 0).length,
  }
}

/** One line on a checked file. */
export function describeCheck({ file, pieces, filledCandles, zeroVolumeCandles }: CheckedFile): string {
  const { symbol, candles } = file
  const period = `${day(candles[0].openTimeMs)} – ${day(candles[candles.length - 1].openTimeMs)}`
  const notes = [
    filledCandles > 0 ? `${filledCandles} missing candles filled` : null,
    pieces > 1 ? `${pieces} pieces between long gaps` : null,
    zeroVolumeCandles > 0 ? `${zeroVolumeCandles} without volume` : null,
  ].filter(note => note !== null)
  return `${symbol.padEnd(10)} ${integer(candles.length).padStart(7)} candles, ${period}${notes.length > 0 ? `: ${notes.join(', ')}` : ''}`
}
