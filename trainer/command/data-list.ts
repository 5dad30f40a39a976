import { Command } from 'commander'
import { subtractRanges, type TimeRange } from '../../sdk/candle/time-ranges.ts'
import { DAY_MS, formatTimeMs, HOUR_MS, MINUTE_MS, timeframeMs } from '../../sdk/units.ts'
import type { SeriesSummary } from '../data/market-store.ts'
import { bytes, integer, orDash } from '../report/format.ts'
import { storeOption } from './options.ts'
import { addSeriesOptions, emptyStoreText, type SeriesFlags, selectSeries } from './series-options.ts'
import { textTable } from './text-table.ts'

interface ListFlags extends SeriesFlags {
  readonly store: string
  readonly json?: true
}

export function listDataCommand(): Command {
  return addSeriesOptions(new Command('list'))
    .description('what the store holds: rows, period, what is missing within it, size, repairs')
    .addOption(storeOption())
    .option('--json', 'as JSON, times in UTC ms')
    .addHelpText('after', '\nExample:\n  trainer data list --symbols BTC/USDT --kinds candle,funding')
    .action(listData)
}

async function listData({ store: folder, json, ...flags }: ListFlags): Promise<void> {
  const { openParquetStore } = await import('../data/store/parquet-store.ts')
  const store = await openParquetStore(folder)
  try {
    const all = await store.list()
    const series = all.length === 0 ? [] : selectSeries(all, flags, store.place)
    if (json) print(JSON.stringify(series, null, 2))
    else print(series.length === 0 ? emptyStoreText(store.place) : describeSeriesList(series, store.place))
    if (series.some(({ damaged }) => damaged.length > 0)) process.exitCode = 1
  } finally {
    await store.close()
  }
}

const print = (text: string): boolean => process.stdout.write(`${text}\n`)

const HEADER = ['exchange', 'symbol', 'kind', 'timeframe', 'rows', 'first', 'last', 'size', 'repairs', 'fetched']
const FIGURES = new Set(['rows', 'size', 'repairs'])

function describeSeriesList(series: readonly SeriesSummary[], place: string): string {
  const rows = series.map(({ key, ...summary }) => [
    key.exchange,
    key.symbol,
    key.kind,
    key.timeframe ?? '–',
    integer(summary.rows),
    orDash(summary.firstMs, minute),
    orDash(summary.lastMs, minute),
    bytes(summary.bytes),
    integer(summary.repairs),
    [describeComplete({ key, ...summary }), ...describeDamage(summary.damaged.length)].join('; '),
  ])
  const sum = (of: (summary: SeriesSummary) => number) => series.reduce((total, summary) => total + of(summary), 0)
  const damaged = series.flatMap(summary => summary.damaged)
  return [
    ...textTable(HEADER, rows, FIGURES),
    '',
    `${integer(sum(({ rows }) => rows))} rows in ${integer(series.length)} series, ${bytes(sum(s => s.bytes))}, in ${place}`,
    ...(damaged.length > 0 ? ['', DAMAGED, ...damaged.map(path => `  ${path}`)] : []),
  ].join('\n')
}

const describeDamage = (files: number): string[] =>
  files === 0 ? [] : [files === 1 ? '1 file is damaged' : `${integer(files)} files are damaged`]

const DAMAGED =
  'Damaged files, which are not counted above. Restore them from a backup, or delete them and fetch or import again:'

/** `2024-01-31 07:00` */
const minute = (timeMs: number): string => formatTimeMs(timeMs).slice(0, 16).replace('T', ' ')

/** Whether the source was asked for all of the period, which is not whether it had all of it. */
export function describeComplete({ key, firstMs, lastMs, complete }: SeriesSummary): string {
  if (complete.length === 0) return 'nothing for good'
  if (firstMs === null || lastMs === null) return `${describeSpans(complete)}, empty`
  const stepMs = key.timeframe === null ? 1 : timeframeMs(key.timeframe)
  const missing = subtractRanges({ fromMs: firstMs, toMs: lastMs + stepMs }, complete)
  if (missing.length === 0) return 'all'
  const inside = missing.filter(({ toMs }) => toMs < lastMs + stepMs)
  const open = missing.length > inside.length ? `not since ${minute(missing[missing.length - 1].fromMs)}` : null
  return [...(inside.length > 0 ? [`without ${describeSpans(inside)}`] : []), ...(open === null ? [] : [open])].join(
    ', ',
  )
}

function describeSpans(ranges: readonly TimeRange[]): string {
  const lengthMs = ranges.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
  const from = minute(ranges[0].fromMs)
  return ranges.length === 1
    ? `${span(lengthMs)} from ${from}`
    : `${span(lengthMs)} in ${ranges.length} pieces from ${from}`
}

function span(ms: number): string {
  if (ms < HOUR_MS) return `${integer(ms / MINUTE_MS)} min`
  return ms < 3 * DAY_MS ? `${integer(ms / HOUR_MS)} h` : `${integer(ms / DAY_MS)} days`
}
