import { Command } from 'commander'
import { formatTimeMs } from '../../sdk/units.ts'
import type { LogEntry } from '../data/market-store.ts'
import { describeSeries } from '../data/store/series-path.ts'
import { integer } from '../report/format.ts'
import { storeOption } from './options.ts'
import { addSeriesOptions, type SeriesFlags, selectSeries } from './series-options.ts'
import { textTable } from './text-table.ts'

interface LogFlags extends SeriesFlags {
  readonly store: string
  readonly json?: true
}

export function dataLogCommand(): Command {
  return addSeriesOptions(new Command('log'))
    .description('what was found in the data, and what was done about it, oldest first')
    .addOption(storeOption())
    .option('--json', 'as JSON, times in UTC ms')
    .addHelpText('after', '\nExample:\n  trainer data log --symbols LUNA/USDT')
    .action(showLog)
}

async function showLog({ store: folder, json, ...flags }: LogFlags): Promise<void> {
  const { openParquetStore } = await import('../data/store/parquet-store.ts')
  const store = await openParquetStore(folder)
  try {
    const all = await store.readLog()
    const entries = all.length === 0 ? [] : selectSeries(all, flags, store.place)
    if (json) process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`)
    else process.stdout.write(entries.length === 0 ? `${EMPTY}\n` : `${describeLog(entries)}\n`)
  } finally {
    await store.close()
  }
}

const EMPTY = 'The log is empty. Entries come from trainer import and trainer validate.'

const HEADER = ['logged', 'severity', 'action', 'series', 'check', 'rows', 'from', 'before', 'text']

function describeLog(entries: readonly LogEntry[]): string {
  const rows = entries.map(({ atMs, severity, action, key, what, rows: count, range, text }) => [
    formatTimeMs(Math.floor(atMs / 1000) * 1000),
    severity,
    action,
    describeSeries(key),
    what,
    integer(count),
    range === null ? '–' : formatTimeMs(range.fromMs),
    range === null ? '–' : formatTimeMs(range.toMs),
    text,
  ])
  return textTable(HEADER, rows, new Set(['rows'])).join('\n')
}
