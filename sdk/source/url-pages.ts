import type { Candle } from '../candle/candle.ts'
import { nameOfSpacing, spacingBeyond } from '../candle/quality/usual-spacing.ts'
import { CandleError, SourceError, throwIfAborted } from '../errors.ts'
import { formatTimeMs, type Timeframe, timeframeMs } from '../units.ts'
import type { CandlePage, CandleRequest } from './candle-source.ts'

/** A stretch of a file that is read at once. */
export interface FilePiece {
  /** Opening times of its first and last candle, where they are known beforehand. */
  readonly span: { readonly firstMs: number; readonly lastMs: number } | null
  /** Not empty. */
  read(): Promise<readonly Candle[]>
}

/**
 * The candles of a file that were asked for, a page a piece; pieces without any are not read. A file is the last word on
 * the time from its first to its last candle, and says nothing about any other.
 *
 * @throws CandleError `NON_FINITE`, `MISALIGNED_TIME`, `DUPLICATE_TIME`, `UNORDERED_TIME`; SourceError `WRONG_TIMEFRAME`;
 *   AbortedError
 */
export async function* pagesOfFile(
  where: string,
  pieces: readonly FilePiece[],
  { fromMs, toMs, timeframe }: CandleRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<CandlePage> {
  const stepMs = timeframeMs(timeframe)
  // A file that was written a moment ago may end with the candle in progress.
  const endMs = Math.min(toMs, Math.floor(Date.now() / stepMs) * stepMs)
  let previousMs = Number.NEGATIVE_INFINITY
  /** Up to here, the file's word is out; null before its first candle. */
  let saidMs: number | null = null
  for (const { span, read } of pieces) {
    throwIfAborted(signal, `Reading ${where}`)
    if (span !== null && span.lastMs < fromMs) {
      previousMs = span.lastMs
      saidMs = fromMs
      continue
    }
    const isBeyond = span !== null && span.firstMs >= endMs
    const candles = isBeyond ? [] : await read()
    checkCandles(where, candles, timeframe, previousMs)
    const firstMs = candles.at(0)?.openTimeMs ?? endMs
    const lastMs = candles.at(-1)?.openTimeMs ?? endMs
    const from = Math.max(fromMs, saidMs ?? firstMs)
    const complete = { fromMs: from, toMs: Math.min(endMs, lastMs + stepMs) }
    if (complete.toMs > complete.fromMs) {
      yield { candles: candles.filter(c => c.openTimeMs >= fromMs && c.openTimeMs < endMs), complete }
    }
    if (lastMs >= endMs) return
    previousMs = lastMs
    saidMs = Math.max(fromMs, lastMs + stepMs)
  }
}

function checkCandles(where: string, candles: readonly Candle[], timeframe: Timeframe, previousMs: number): void {
  const stepMs = timeframeMs(timeframe)
  let before = previousMs
  for (const candle of candles) {
    const { openTimeMs } = candle
    for (const [field, value] of Object.entries(candle)) if (!Number.isFinite(value)) failValue(where, candle, field)
    if (openTimeMs % stepMs !== 0) {
      failTime(
        where,
        openTimeMs,
        'MISALIGNED_TIME',
        `is not a multiple of ${timeframe} (${stepMs} ms)`,
        'Opening times are UTC milliseconds: not seconds, not closing times, not of another timeframe.',
      )
    }
    if (openTimeMs === before) failTime(where, openTimeMs, 'DUPLICATE_TIME', 'comes twice', 'Keep one of the two.')
    if (openTimeMs < before) {
      failTime(
        where,
        openTimeMs,
        'UNORDERED_TIME',
        `comes after ${formatTimeMs(before)}`,
        'Sort the file by time, oldest first.',
      )
    }
    before = openTimeMs
  }
  checkTimeframe(where, candles, timeframe)
}

function failValue(where: string, candle: Candle, field: string): never {
  const value = candle[field as keyof Candle]
  throw new CandleError(
    'NON_FINITE',
    `${where}, candle ${formatTimeMs(candle.openTimeMs)}: ${field} is ${value}, not a finite number. Correct or remove the row.`,
    { where, openTimeMs: candle.openTimeMs, field, value },
  )
}

function failTime(where: string, openTimeMs: number, code: string, problem: string, remedy: string): never {
  throw new CandleError(
    code,
    `${where}, candle ${formatTimeMs(openTimeMs)}: the opening time ${openTimeMs} ${problem}. ${remedy}`,
    { where, openTimeMs },
  )
}

function checkTimeframe(where: string, candles: readonly Candle[], timeframe: Timeframe): void {
  const timesMs = candles.map(candle => candle.openTimeMs)
  const spacingMs = spacingBeyond(timesMs, timeframeMs(timeframe))
  if (spacingMs === null) return
  const found = nameOfSpacing(spacingMs)
  throw new SourceError(
    'WRONG_TIMEFRAME',
    `${where}: its candles are usually ${found} apart; asked for were candles of ${timeframe}. Ask for ${found}, or give the address of another file.`,
    { where, asked: timeframe, found },
  )
}
