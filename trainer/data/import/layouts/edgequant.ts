import { CANDLE_CSV_HEADER } from '../../../../sdk/candle/candle-csv.ts'
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

/** The project's own files, as `trainer data export` writes candles, and as the recorded data come. */
export const edgequant: Format = {
  name: 'edgequant',
  source: 'docs/market-data.md',
  layouts: [candles, funding, trades('trade_id'), trades('agg_trade_id')],
  nameFacts: path => {
    const name = parseMarketFileName(path)
    if (name === null) return null
    const { exchange, symbol, timeframe, dataset } = name
    return { exchange, symbol, dataset, ...(timeframe === null ? {} : { timeframe }) }
  },
}
