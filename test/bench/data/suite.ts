import { readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { hasMarketData, recordedPath } from '../../fixtures/market-data.ts'
import { type BenchArguments, BenchUsageError } from '../arguments.ts'
import type { Row, SuiteResult, Table } from '../report.ts'
import { figure, median } from '../statistics.ts'
import { copyThroughDuckdb } from './copy-through-duckdb.ts'
import { importThroughCommand } from './import-through-command.ts'
import { type Measured, measureStore } from './measure-store.ts'

/** What importing and validating the recorded candles may take on two cores. */
const LIMIT_SECONDS = 20

/** Importing, validating and reading the recorded candle files, beside DuckDB alone, which copies and judges nothing. */
export async function benchData({ quick }: BenchArguments): Promise<SuiteResult> {
  if (!hasMarketData('npm run bench -- data'))
    throw new BenchUsageError('There is nothing to measure without the files.')
  const source = dirname(recordedPath('candles', 'binance_'))
  const files = readdirSync(source).map(name => join(source, name))
  const sourceBytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  const folder = await mkdtemp(join(tmpdir(), 'bench-data-'))
  const fresh = (() => {
    let count = 0
    return () => join(folder, String(count++))
  })()
  try {
    const repeats = quick ? 1 : 5
    const commands: number[] = []
    const ours: Measured[] = []
    const peers: number[] = []
    // in turn, so that what else the machine does falls on all of them
    for (let i = 0; i < repeats; i++) {
      commands.push(await importThroughCommand(source, fresh()))
      ours.push(await measureStore(files, fresh()))
      peers.push(await copyThroughDuckdb(files, fresh()))
      console.error(`${i + 1} of ${repeats}`)
    }
    const rows = toRows({ files: files.length, sourceBytes, commands, ours, peers })
    return { rows, tables: [toTable(rows)], machine: {} }
  } finally {
    await rm(folder, { recursive: true })
  }
}

interface Figures {
  readonly files: number
  readonly sourceBytes: number
  /** Seconds. */
  readonly commands: readonly number[]
  readonly ours: readonly Measured[]
  /** Seconds. */
  readonly peers: readonly number[]
}

function toRows({ files, sourceBytes, commands, ours, peers }: Figures): Row[] {
  const { rows, storeBytes } = ours[0]
  const importSeconds = median(ours.map(({ importSeconds: s }) => s))
  const duckdbSeconds = median(peers)
  return [
    {
      id: 'import.commandSeconds',
      value: median(commands),
      unit: 's',
      note: `trainer import, ${files} files, a process of its own: read, judged, stored, repaired, logged; at most ${LIMIT_SECONDS}`,
    },
    { id: 'import.seconds', value: importSeconds, unit: 's', note: 'the same within a running process' },
    { id: 'import.rowsPerSecond', value: rows / importSeconds, unit: '1/s', note: `${rows} candles` },
    {
      id: 'validate.seconds',
      value: median(ours.map(({ validateSeconds }) => validateSeconds)),
      unit: 's',
      note: 'trainer validate of that store: read, judged, repairs and log written',
    },
    {
      id: 'store.readRowsPerSecond',
      value: rows / median(ours.map(({ readSeconds }) => readSeconds)),
      unit: '1/s',
      note: 'all series, repaired, as columns',
    },
    { id: 'store.bytesPerRow', value: storeBytes / rows, unit: 'bytes', note: 'Parquet, log and repairs' },
    { id: 'csv.bytesPerRow', value: sourceBytes / rows, unit: 'bytes', note: 'the files, CSV gzipped' },
    {
      id: 'duckdb.copySeconds',
      value: duckdbSeconds,
      unit: 's',
      note: "DuckDB's read_csv to Parquet, a file each: nothing judged, nothing flushed to the disk",
    },
    { id: 'import.ratioDuckdb', value: duckdbSeconds / importSeconds, unit: 'ratio' },
  ]
}

const toTable = (rows: readonly Row[]): Table => ({
  title: 'Recorded candles into a store and back',
  note: 'Medians, the contenders in turn; each import into a fresh store.',
  header: ['figure', 'value', 'unit', 'how'],
  words: [2, 3],
  rows: rows.map(({ id, value, unit, note = '' }) => [id, figure(value), unit, note]),
})
