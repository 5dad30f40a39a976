import { CandleError } from '../errors.ts'
import type { Candle } from './candle.ts'

/** The one layout read and written: opening time in UTC ms, prices in quote currency, volume in base currency. */
export const CANDLE_CSV_HEADER = 'timestamp,open,high,low,close,volume'

const COLUMNS = CANDLE_CSV_HEADER.split(',')

/** What `Number` alone would let through (`''`, `0x10`, `Infinity`) is not a number in a price file. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/**
 * Reads candles from CSV text with the header `timestamp,open,high,low,close,volume`. Values are only parsed here;
 * `validateCandles` judges them.
 *
 * @param where File name or URL, quoted in errors.
 * @throws CandleError `CSV_HEADER`, `CSV_FIELD_COUNT`, `CSV_NUMBER`
 */
export function parseCandleCsv(text: string, where: string): Candle[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  const header = lines[0] ?? ''
  if (header.trim().toLowerCase() !== CANDLE_CSV_HEADER) {
    throw new CandleError(
      'CSV_HEADER',
      `${where}, line 1: the header is "${excerpt(header)}"; expected "${CANDLE_CSV_HEADER}". Add or correct the header line.`,
      { where, line: 1, value: excerpt(header) },
    )
  }
  return lines.slice(1).map((line, i) => parseLine(line, i + 2, where))
}

function parseLine(text: string, line: number, where: string): Candle {
  const fields = text.split(',')
  if (fields.length !== COLUMNS.length) {
    throw new CandleError(
      'CSV_FIELD_COUNT',
      `${where}, line ${line}: found ${fields.length} fields in "${excerpt(text)}"; expected ${COLUMNS.length} (${CANDLE_CSV_HEADER}). The file may be truncated.`,
      { where, line, value: excerpt(text) },
    )
  }
  const numbers = fields.map((field, i) => {
    const trimmed = field.trim()
    if (DECIMAL.test(trimmed)) return Number(trimmed)
    throw new CandleError(
      'CSV_NUMBER',
      `${where}, line ${line}, ${COLUMNS[i]}: "${excerpt(trimmed)}" is not a decimal number. Correct or remove the line.`,
      { where, line, field: COLUMNS[i], value: excerpt(trimmed) },
    )
  })
  const [openTimeMs, open, high, low, close, volume] = numbers
  return { openTimeMs, open, high, low, close, volume }
}

/** Candles as CSV text, in the shortest digits that read back to the same numbers. */
export function formatCandleCsv(candles: readonly Candle[]): string {
  const lines = candles.map(c => `${c.openTimeMs},${c.open},${c.high},${c.low},${c.close},${c.volume}`)
  return `${[CANDLE_CSV_HEADER, ...lines].join('\n')}\n`
}

const excerpt = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}…` : text)
