import { TIMEFRAMES, timeframeMs } from '../../../sdk/units.ts'
import type { Table } from '../kind.ts'
import { KINDS, timeColumn } from '../kind.ts'
import { settlementOf, symbolOfPair } from '../symbol-name.ts'
import { verifyChecksum } from './checksum.ts'
import { readLines } from './csv-lines.ts'
import { openFileBytes } from './file-bytes.ts'
import { fileError } from './file-error.ts'
import { type FoundLayout, findLayout } from './find-layout.ts'
import type { Facts, FormatName, ImportedSeries, MarketFile, Rows, SeriesRows } from './layout.ts'
import { RowReader } from './row-reader.ts'

export interface ReadMarketFileOptions extends Facts {
  /** Found out from the header and the name where it is not given. */
  readonly format?: FormatName
  /** What the times of candles are; default: when they open. */
  readonly stamp?: 'open' | 'close'
}

/**
 * Reads a file of market data as someone else wrote it: CSV, plain, gzipped or zipped, in one of the known layouts. What
 * the options say goes before what the file and its name say. Values are only read here; nothing is judged.
 *
 * @throws SourceError with a code of `FileErrorCode`; each names file, line, column and value where there are such
 */
export async function readMarketFile(path: string, o: ReadMarketFileOptions = {}): Promise<MarketFile> {
  await verifyChecksum(path)
  const { chunks, checked, entry } = await openFileBytes(path)
  let found: FoundLayout | null = null
  let reader: RowReader | null = null
  const { lines, ended } = await readLines(chunks, path, (bytes, start, end, line) => {
    if (reader === null) {
      const first = firstLine(bytes.subarray(start, end), path)
      found = findLayout(path, first, o.format)
      if (entry !== null) checkEntryName(path, entry, found, o)
      reader = new RowReader(path, found.header, found.separator, found.layout.cells)
      if (found.hasHeader) return
    }
    reader.takeLine(bytes, start, end, line)
  })
  const rows = (reader as RowReader | null)?.rows()
  if (found === null || rows === undefined || rows.length === 0) {
    const what = lines === 0 ? 'is empty' : 'holds a header and no rows'
    throw fileError('EMPTY_FILE', { path }, `${what}. Get it again, or leave it out.`)
  }
  if (!ended && !checked) {
    throw fileError(
      'CSV_CUT_SHORT',
      { path, line: lines },
      'the last line has no end, and its last value may be cut short. Get the file again, or end the line where it is whole.',
    )
  }
  return interpret(path, found, rows, o)
}

/**
 * A zip file that was given another name, or was packed wrongly, must not become another series.
 * @throws SourceError `NAMES_DIFFER`
 */
function checkEntryName(path: string, entry: string, { format, name }: FoundLayout, o: ReadMarketFileOptions): void {
  const inside = format.nameFacts(entry)
  const told = { pair: o.symbol, symbol: o.symbol, exchange: o.exchange, timeframe: o.timeframe, dataset: undefined }
  const facts = ['exchange', 'symbol', 'pair', 'dataset', 'timeframe'] as const
  const differs = facts.find(
    fact =>
      told[fact] === undefined &&
      inside?.[fact] !== undefined &&
      name[fact] !== undefined &&
      inside[fact] !== name[fact],
  )
  if (differs === undefined) return
  throw fileError(
    'NAMES_DIFFER',
    { path, value: entry },
    `the archive is called by ${name[differs]}, and the file in it, "${entry}", by ${inside?.[differs]}. Get the archive again, or unpack it and import the file by the name that is right.`,
  )
}

const BYTE_ORDER_MARK = '\uFEFF'

/** @throws SourceError `NOT_TEXT` */
function firstLine(bytes: Uint8Array, path: string): string {
  const notText = (what: string) =>
    fileError('NOT_TEXT', { path, line: 1 }, `${what}; expected UTF-8 text. Save it as CSV in UTF-8.`)
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw notText('the file is UTF-16')
  }
  if (bytes.includes(0)) throw notText('there are NUL bytes')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(BYTE_ORDER_MARK, '')
  } catch {
    throw notText('these bytes are no UTF-8')
  }
}

function interpret(path: string, found: FoundLayout, rows: Rows, o: ReadMarketFileOptions): MarketFile {
  const { format, layout, name, header } = found
  const facts: Facts = { ...name, ...layout.facts?.(rows, name, header), ...given(o) }
  const pair = name.pair ?? rows.same.pair
  const symbol = facts.symbol ?? (pair && facts.settlement ? symbolOfPair(pair, facts.settlement) : null)
  const known = { ...facts, ...(symbol === null ? {} : { symbol }) }
  const missing = missingFlags(known, name.pair)
  if (missing.length > 0) throw missingFacts(path, missing, pair)
  const series = (layout.series ?? asTheyAre(layout.kind))(rows, known, path)
  const stamp = o.stamp ?? 'open'
  return {
    path,
    format: format.name,
    layout: layout.title,
    series: series.map(part => toSeries(path, part, known, stamp)),
    notes: series.flatMap(({ notes = [] }) => notes),
  }
}

const given = ({ exchange, symbol, timeframe, settlement }: Facts): Facts =>
  Object.fromEntries(
    Object.entries({ exchange, symbol, timeframe, settlement }).filter(([, value]) => value !== undefined),
  )

const asTheyAre =
  (kind: SeriesRows['kind']) =>
  ({ length, columns }: Rows, { timeframe }: Facts): SeriesRows[] => {
    const table = { length, columns: Object.fromEntries(Object.keys(KINDS[kind].columns).map(n => [n, columns[n]])) }
    return [{ kind, timeframe: KINDS[kind].hasTimeframe ? (timeframe ?? null) : null, table }]
  }

/** Where the name has the pair, its market may be all that is missing. */
function missingFlags({ exchange, symbol, settlement }: Facts, pair: string | undefined): string[] {
  const needed: string[] = []
  if (exchange === undefined) needed.push('--exchange')
  if (symbol === undefined) needed.push(pair !== undefined && settlement === undefined ? '--market' : '--symbol')
  else if (settlementOf(symbol) === null) needed.push('--symbol')
  return needed
}

const FLAG_HELP: Readonly<Record<string, string>> = {
  '--exchange': '--exchange <ccxt id>',
  '--symbol': '--symbol <BASE/QUOTE, or BASE/QUOTE:SETTLE of a perpetual>',
  '--market': '--market spot or --market perpetual',
  '--timeframe': `--timeframe <${Object.keys(TIMEFRAMES).join(' | ')}>`,
}

function missingFacts(path: string, flags: readonly string[], pair: string | undefined) {
  const seen = pair === undefined ? '' : ` (it has "${pair}")`
  const remedy = flags.map(flag => FLAG_HELP[flag]).join(' and ')
  return fileError(
    'MISSING_FACT',
    { path },
    `neither the file nor its name tells what series it is${seen}. Add ${remedy}.`,
  )
}

function toSeries(path: string, part: SeriesRows, facts: Facts, stamp: 'open' | 'close'): ImportedSeries {
  const { kind, timeframe, table } = part
  const { exchange = '', symbol = '' } = facts
  if (KINDS[kind].hasTimeframe && timeframe === null) throw missingFacts(path, ['--timeframe'], undefined)
  const key = { exchange, symbol, kind, timeframe }
  return { key, table: stamp === 'close' && kind === 'candle' && timeframe !== null ? opened(table, timeframe) : table }
}

/** Candles that were stamped at their close, by when they opened. */
function opened({ length, columns }: Table, timeframe: NonNullable<Facts['timeframe']>): Table {
  const column = timeColumn('candle')
  const closeMs = columns[column] as Float64Array
  return { length, columns: { ...columns, [column]: closeMs.map(timeMs => timeMs - timeframeMs(timeframe)) } }
}
