import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { formatCandleCsv } from '../../../sdk/candle/candle-csv.ts'
import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { writeFileAtomically } from '../../registry/write-file-atomically.ts'
import { day } from '../../report/format.ts'
import { writeCandleFile } from '../candle-file.ts'
import { toCandles } from '../candle-table.ts'
import { csvText } from '../csv-text.ts'
import { KINDS, type KindSchema, timeColumn } from '../kind.ts'
import { parseMarketFileName, seriesFileName } from '../market-file-name.ts'
import type { MarketStore, SeriesKey, StoredTable } from '../market-store.ts'
import { encodeParquet } from './encode-parquet.ts'
import { encodeName } from './series-path.ts'
import { whileWriting } from './write-failure.ts'

export interface ExportOptions {
  readonly folder: string
  readonly format: 'csv' | 'parquet'
  readonly range: TimeRange
  /** As they came, without repairs. */
  readonly raw: boolean
}

export interface ExportedFile {
  readonly path: string
  readonly rows: number
  readonly firstMs: number
  readonly lastMs: number
}

/**
 * Writes a series as one file, whole or not at all; null where it has no rows in the range. Candles as CSV are what
 * `writeCandleFile` writes; other kinds have their columns as the header. Parquet has times as UTC timestamps and, unless
 * raw, the column `repaired`.
 * @throws StoreError `CORRUPT_PART`, `WRITE_FAILED`
 */
export async function exportSeries(
  store: MarketStore,
  key: SeriesKey,
  { folder, format, range, raw }: ExportOptions,
): Promise<ExportedFile | null> {
  const table = await store.read(key, { range, raw })
  if (table.length === 0) return null
  const times = table.columns[timeColumn(key.kind)] as Float64Array
  const facts = { rows: table.length, firstMs: times[0], lastMs: times[table.length - 1] }
  const { exchange, symbol, kind, timeframe } = key
  const name = fileName(key)
  if (format === 'csv' && kind === 'candle' && timeframe !== null && name !== null) {
    const file = { exchange, symbol, timeframe, candles: toCandles(table) }
    const path = await whileWriting(folder, `${table.length} candles`, () => writeCandleFile(folder, file))
    return { ...facts, path }
  }
  const bytes = format === 'csv' ? await zip(asCsv(key, table)) : asParquet(key, table, raw)
  const what = [name ?? encodeName(`${exchange}_${symbol}`), kind, ...(timeframe === null ? [] : [timeframe])].join('_')
  const extension = format === 'csv' ? 'csv.gz' : 'parquet'
  const path = join(folder, `${what}_${day(facts.firstMs)}_${day(facts.lastMs)}.${extension}`)
  await whileWriting(path, `${bytes.length} bytes`, () => writeFileAtomically(path, bytes))
  return { ...facts, path }
}

const zip = promisify(gzip)

/** `binance_perp_BTCUSDT`; null for a name that would not be read back as the same series. */
function fileName({ exchange, symbol }: SeriesKey): string | null {
  const name = seriesFileName(exchange, symbol)
  const read = parseMarketFileName(`${name}_1h_2000-01-01_2000-01-02.csv`)
  return read?.exchange === exchange && read.symbol === symbol ? name : null
}

function asCsv({ kind }: SeriesKey, table: StoredTable): string {
  if (kind === 'candle') return formatCandleCsv(toCandles(table))
  const names = Object.keys(KINDS[kind].columns)
  const cell = (value: number | string): string => (Number.isNaN(value) ? '' : String(value))
  const rows = Array.from({ length: table.length }, (_, row) => names.map(name => cell(table.columns[name][row])))
  return csvText([names, ...rows])
}

/** A browser that wants some weeks of hourly candles asks a server for one or two of these, not for the whole file. */
const ROWS_PER_GROUP = 10_000

function asParquet({ kind }: SeriesKey, table: StoredTable, raw: boolean): Uint8Array {
  const schema: KindSchema = KINDS[kind]
  const columns = Object.entries(schema.columns).map(([name, column]) => ({
    ...column,
    name,
    data: table.columns[name],
  }))
  const repaired = { name: 'repaired', type: 'text' as const, data: table.repaired }
  return encodeParquet(raw ? columns : [...columns, repaired], { rowsPerGroup: ROWS_PER_GROUP })
}
