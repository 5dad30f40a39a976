import { CANDLE_CSV_HEADER } from '../../../../sdk/candle/candle-csv.ts'
import { type ColumnSchema, DATA_KINDS, type DataKind, KINDS } from '../../kind.ts'
import { parseMarketFileName } from '../../market-file-name.ts'
import type { Cell, Format, Layout } from '../layout.ts'
import { tradeSeries } from '../trade-series.ts'

const time = { as: 'time', from: 'timestamp', unit: 'ms' } as const satisfies Cell

const candles: Layout = {
  title: 'edgequant candles',
  kind: 'candle',
  headers: [CANDLE_CSV_HEADER.split(',')],
  cells: {
    openTimeMs: time,
    open: { as: 'number', from: 'open', mayBeEmpty: true },
    high: { as: 'number', from: 'high', mayBeEmpty: true },
    low: { as: 'number', from: 'low', mayBeEmpty: true },
    close: { as: 'number', from: 'close', mayBeEmpty: true },
    volume: { as: 'number', from: 'volume', mayBeEmpty: true },
  },
}

const funding: Layout = {
  title: 'edgequant funding',
  kind: 'funding',
  headers: [['timestamp', 'fundingRate']],
  cells: { timeMs: time, rate: { as: 'number', from: 'fundingRate' } },
}

const trades = (id: string): Layout => ({
  title: 'edgequant trades',
  kind: 'trade',
  headers: [['timestamp', 'price', 'qty', 'side', id]],
  cells: {
    timeMs: time,
    id: { as: 'text', from: id },
    price: { as: 'number', from: 'price' },
    quantity: { as: 'number', from: 'qty' },
    side: { as: 'word', from: 'side', words: { '1': 1, '-1': -1 } },
  },
  series: tradeSeries('trade'),
})

/** Files of `trainer data export`: the columns of the kind. */
function exported(kind: DataKind): Layout {
  const columns = Object.entries<ColumnSchema>(KINDS[kind].columns)
  return {
    title: `edgequant ${kind} export`,
    kind,
    headers: [columns.map(([name]) => name)],
    cells: Object.fromEntries(columns.map(([name, schema]) => [name, cellOf(name, schema)])),
    // liquidations have the columns of trades
    ...(kind === 'trade' || kind === 'liquidation' ? { dataset: kind } : {}),
  }
}

function cellOf(from: string, { type, optional }: ColumnSchema): Cell {
  if (type === 'time') return { as: 'time', from, unit: 'ms' }
  if (type === 'text') return { as: 'text', from }
  return optional ? { as: 'number', from, mayBeEmpty: true } : { as: 'number', from }
}

const EXPORTED = DATA_KINDS.filter(kind => kind !== 'candle').map(exported)

/** The project's own files, as `trainer data export` writes them, and as the recorded data come. */
export const edgequant: Format = {
  name: 'edgequant',
  layouts: [candles, funding, trades('trade_id'), trades('agg_trade_id'), ...EXPORTED],
  nameFacts: path => {
    const name = parseMarketFileName(path)
    if (name === null) return null
    const { exchange, symbol, timeframe, kind } = name
    return { exchange, symbol, dataset: kind, ...(timeframe === null ? {} : { timeframe }) }
  },
}
