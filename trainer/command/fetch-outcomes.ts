import { timeframeMs } from '../../sdk/units.ts'
import type { FetchOutcome } from '../data/exchange/fetch-market-data.ts'
import type { SeriesKey, SeriesSummary } from '../data/market-store.ts'
import { integer, period } from '../report/format.ts'
import { textTable } from './text-table.ts'

const HEADER = ['exchange', 'symbol', 'kind', 'fetched', 'rows', 'missing', 'first – last', '']

const FIGURES = new Set(['fetched', 'rows', 'missing'])

/** What became of the series: a table, then what is to be known of each. */
export function outcomeLines(outcomes: readonly FetchOutcome[]): string[] {
  const remarks = outcomes.flatMap(({ key, notes, error }) => [
    ...notes.map(note => `${nameOf(key)}: ${note}`),
    ...(error ? [`${nameOf(key)}: ${error.code} ${error.message}`] : []),
  ])
  return [...textTable(HEADER, outcomes.map(row), FIGURES), ...remarks]
}

const row = (outcome: FetchOutcome): string[] => {
  const { key, rowsFetched, stored } = outcome
  return [
    key.exchange,
    key.symbol,
    kindOf(key),
    integer(rowsFetched),
    integer(stored?.rows ?? 0),
    stored === null ? '–' : missing(stored),
    stored === null || stored.firstMs === null || stored.lastMs === null ? '–' : period(stored.firstMs, stored.lastMs),
    state(outcome),
  ]
}

function state({ rowsFetched, stored, wasComplete, error }: FetchOutcome): string {
  if (error) return 'failed'
  if (wasComplete) return 'already complete'
  if (stored === null || stored.rows === 0) return 'the exchange gave none'
  return rowsFetched === 0 ? 'nothing new' : ''
}

/** Rows that are not there between the first and the last: of kinds that have one each so often. */
function missing({ key, rows, firstMs, lastMs }: SeriesSummary): string {
  if (key.timeframe === null || firstMs === null || lastMs === null) return '–'
  return integer((lastMs - firstMs) / timeframeMs(key.timeframe) + 1 - rows)
}

const kindOf = ({ kind, timeframe }: SeriesKey): string => (timeframe === null ? kind : `${kind} ${timeframe}`)

const nameOf = (key: SeriesKey): string => `${key.symbol} ${kindOf(key)} of ${key.exchange}`
