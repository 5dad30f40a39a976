import { Command } from 'commander'
import { formatTimeMs } from '../../sdk/units.ts'
import { csvText } from '../data/csv-text.ts'
import type { QueryResult } from '../data/store/query-store.ts'
import { integer } from '../report/format.ts'
import { storeOption } from './options.ts'
import { textTable } from './text-table.ts'

interface QueryFlags {
  readonly store: string
  readonly json?: true
  readonly csv?: true
}

export function queryDataCommand(): Command {
  return new Command('query')
    .description("answer a question in DuckDB's SQL; nothing is written")
    .argument('<sql>', 'one query')
    .addOption(storeOption())
    .option('--json', 'a JSON object per row')
    .option('--csv', 'CSV with a header')
    .addHelpText(
      'after',
      `
There is a table per kind: candle, funding, openInterest, book, trade, liquidation. Each has the columns exchange, symbol,
timeframe (null for kinds without one), those of its kind (times as TIMESTAMP WITH TIME ZONE, in UTC), and repaired, the check
that had the row repaired, or ''. Rows are those that training reads: each once, with repairs in their places.

Examples:
  trainer data query "select symbol, count(*), max(high) from candle where timeframe = '1h' group by symbol"
  trainer data query "describe book"
  trainer data query "select * from funding where timeMs >= '2024-01-01' order by timeMs" --csv > funding.csv`,
    )
    .action(queryData)
}

async function queryData(sql: string, { store, json, csv }: QueryFlags): Promise<void> {
  const { queryStore } = await import('../data/store/query-store.ts')
  const result = await queryStore(store, sql)
  process.stdout.write(json ? asJson(result) : csv ? asCsv(result) : asTable(result))
}

type Value = QueryResult['rows'][number][number]

function asJson({ columns, rows }: QueryResult): string {
  const objects = rows.map(row => Object.fromEntries(columns.map((name, i) => [name, row[i]])))
  return `${JSON.stringify(objects, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2)}\n`
}

const asCsv = ({ columns, rows }: QueryResult): string => csvText([columns, ...rows.map(row => row.map(text))])

function asTable({ columns, rows }: QueryResult): string {
  const isFigure = (value: Value): boolean => value === null || typeof value === 'number' || typeof value === 'bigint'
  const figures = new Set(columns.filter((_, i) => rows.length > 0 && rows.every(row => isFigure(row[i]))))
  const lines = textTable(
    columns,
    rows.map(row => row.map(text)),
    figures,
  )
  return `${[...lines, '', `${integer(rows.length)} ${rows.length === 1 ? 'row' : 'rows'}`].join('\n')}\n`
}

/** Empty where there is nothing; a time as messages write it. */
function text(value: Value): string {
  if (value === null) return ''
  if (value instanceof Date) return formatTimeMs(value.getTime())
  if (typeof value !== 'object') return String(value)
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
}
