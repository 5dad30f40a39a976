import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { integer, period } from '../report/format.ts'
import { storeOption } from './options.ts'
import { addSeriesOptions, emptyStoreText, parseTimeFlag, type SeriesFlags, selectSeries } from './series-options.ts'
import { createTerminal } from './terminal.ts'

interface ExportFlags extends SeriesFlags {
  readonly store: string
  readonly out: string
  readonly format: 'csv' | 'parquet'
  readonly from?: number
  readonly to?: number
  readonly raw?: boolean
}

export function exportDataCommand(): Command {
  return addSeriesOptions(new Command('export'))
    .description('write series as files, one each: CSV (gzipped) or Parquet')
    .requiredOption('-o, --out <folder>', 'where to write')
    .addOption(new Option('--format <name>', 'of the files').choices(['csv', 'parquet']).default('csv'))
    .option('--from <time>', 'first time, UTC, e.g. 2024-01-31', parseTimeFlag)
    .option('--to <time>', 'end, not included', parseTimeFlag)
    .option('--raw', 'as they came, without repairs')
    .addOption(storeOption())
    .addHelpText(
      'after',
      '\nExample: candles of 2024 as CSV, which a run reads by --data candles\n  trainer data export --out candles --kinds candle --from 2024-01-01 --to 2025-01-01',
    )
    .action(exportData)
}

async function exportData({ store: folder, out, format, from, to, raw = false, ...flags }: ExportFlags): Promise<void> {
  const { openParquetStore } = await import('../data/store/parquet-store.ts')
  const { exportSeries } = await import('../data/store/export-series.ts')
  const terminal = createTerminal()
  const store = await openParquetStore(folder)
  try {
    const all = await store.list()
    if (all.length === 0) {
      process.stdout.write(`${emptyStoreText(store.place)}\n`)
      return
    }
    const range = { fromMs: from ?? Number.NEGATIVE_INFINITY, toMs: to ?? Number.POSITIVE_INFINITY }
    terminal.stage('export', resolve(out))
    for (const { key } of selectSeries(all, flags, store.place)) {
      const written = await exportSeries(store, key, { folder: out, format, range, raw })
      const name = `${key.exchange.padEnd(10)} ${key.symbol.padEnd(14)} ${key.kind.padEnd(12)} ${(key.timeframe ?? '–').padEnd(3)}`
      if (written === null) terminal.line(`${name} nothing in this period`)
      else {
        const { rows, firstMs, lastMs, path } = written
        terminal.line(`${name} ${integer(rows).padStart(9)} rows, ${period(firstMs, lastMs)}: ${path}`)
      }
    }
  } finally {
    await store.close()
  }
}
