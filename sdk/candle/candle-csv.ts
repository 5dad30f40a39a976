import { CandleError } from '../errors.ts'
import type { Candle } from './candle.ts'

/** The one layout read and written: opening time in UTC ms, prices in quote currency, volume in base currency. */
export const CANDLE_CSV_HEADER = 'timestamp,open,high,low,close,volume'

/** Names of a file's columns, by field. */
export type CandleColumns = Readonly<Record<keyof Candle, string>>

const CSV_COLUMNS: CandleColumns = {
  openTimeMs: 'timestamp',
  open: 'open',
  high: 'high',
  low: 'low',
  close: 'close',
  volume: 'volume',
}

/** What `Number` alone would let through (`''`, `0x10`, `Infinity`) is not a number in a price file. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/**
 * Reads candles from CSV text with the header `timestamp,open,high,low,close,volume`. Values are only parsed here;
 * `validateCandles` judges them.
 *
 * @param where File name or URL, quoted in errors.
 * @param columns Where the header is another: what its columns are called. Their order is free, and there may be others.
 * @throws CandleError `CSV_HEADER`, `CSV_FIELD_COUNT`, `CSV_NUMBER`
 */
export function parseCandleCsv(text: string, where: string, columns?: Partial<CandleColumns>): Candle[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  const layout = readHeader(lines[0] ?? '', where, columns)
  return lines.slice(1).map((line, i) => parseLine(line, i + 2, where, layout))
}

interface Layout {
  readonly header: readonly string[]
  /** Of each field of a candle, which column. */
  readonly positions: readonly number[]
}

function readHeader(line: string, where: string, columns: Partial<CandleColumns> | undefined): Layout {
  const header = line.split(',').map(name => name.trim().toLowerCase())
  const names = Object.values({ ...CSV_COLUMNS, ...columns })
  const positions = names.map(name => header.indexOf(name.toLowerCase()))
  const isExpected = columns === undefined ? header.join() === CANDLE_CSV_HEADER : !positions.includes(-1)
  if (isExpected) return { header, positions }
  const expected = columns === undefined ? `"${CANDLE_CSV_HEADER}"` : `one with ${names.join(', ')}`
  throw new CandleError(
    'CSV_HEADER',
    `${where}, line 1: the header is "${excerpt(line)}"; expected ${expected}. Add or correct the header line.`,
    { where, line: 1, value: excerpt(line) },
  )
}

function parseLine(text: string, line: number, where: string, { header, positions }: Layout): Candle {
  const fields = text.split(',')
  if (fields.length !== header.length) {
    throw new CandleError(
      'CSV_FIELD_COUNT',
      `${where}, line ${line}: found ${fields.length} fields in "${excerpt(text)}"; expected ${header.length} (${header.join()}). The file may be truncated.`,
      { where, line, value: excerpt(text) },
    )
  }
  const numbers = positions.map(position => {
    const trimmed = fields[position].trim()
    if (DECIMAL.test(trimmed)) return Number(trimmed)
    throw new CandleError(
      'CSV_NUMBER',
      `${where}, line ${line}, ${header[position]}: "${excerpt(trimmed)}" is not a decimal number. Correct or remove the line.`,
      { where, line, field: header[position], value: excerpt(trimmed) },
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
