import { basename } from 'node:path'
import { countOf } from '../count-of.ts'
import type { Cell, Facts, Format, Layout, NameFacts, Rows, SeriesRows } from '../layout.ts'
import { asTimeframe } from '../timeframe-name.ts'
import { tradeSeries } from '../trade-series.ts'

const time = (from: string): Cell => ({ as: 'time', from, unit: 'ms' })
/** `null` where there were no trades. */
const price = (from: string): Cell => ({ as: 'number', from, mayBeEmpty: true })

const CANDLE_CELLS: Readonly<Record<string, Cell>> = {
  openTimeMs: time('timestamp'),
  open: price('open'),
  high: price('high'),
  low: price('low'),
  close: price('close'),
  volume: { as: 'number', from: 'volume' },
}

/** Intervals without a trade have no prices: they are no candles. */
function tradedCandles({ length, columns }: Rows, { timeframe }: Facts): SeriesRows[] {
  const cells = columns as Readonly<Record<string, Float64Array>>
  const isTraded = Array.from(
    { length },
    (_, i) =>
      !(cells.volume[i] === 0 && [cells.open, cells.high, cells.low, cells.close].every(c => Number.isNaN(c[i]))),
  )
  const picked = Object.entries(cells).map(([name, values]) => [name, values.filter((_, i) => isTraded[i])])
  const traded = isTraded.filter(Boolean).length
  const notes = traded < length ? [`${countOf(length - traded, 'interval')} without trades left out`] : []
  return [
    {
      kind: 'candle',
      timeframe: timeframe ?? null,
      table: { length: traded, columns: Object.fromEntries(picked) },
      notes,
    },
  ]
}

const candles: Layout = {
  title: 'kaiko OHLCV',
  kind: 'candle',
  // the header of our own files
  dataset: 'ohlcv',
  headers: [['timestamp', 'open', 'high', 'low', 'close', 'volume']],
  withoutHeader: ['ohlcv'],
  cells: CANDLE_CELLS,
  series: tradedCandles,
}

const candlesAndVwap: Layout = {
  title: 'kaiko trade count, OHLCV and VWAP',
  kind: 'candle',
  headers: [['timestamp', 'count', 'open', 'high', 'low', 'close', 'volume', 'price']],
  withoutHeader: ['cohlcvwap'],
  cells: CANDLE_CELLS,
  series: tradedCandles,
}

const trades: Layout = {
  title: 'kaiko trades',
  kind: 'trade',
  headers: [['id', 'exchange', 'symbol', 'date', 'price', 'amount', 'sell']],
  cells: {
    timeMs: time('date'),
    venue: { as: 'same', from: 'exchange' },
    pair: { as: 'same', from: 'symbol' },
    id: { as: 'text', from: 'id' },
    price: { as: 'number', from: 'price' },
    quantity: { as: 'number', from: 'amount' },
    // whether the taker sold
    side: { as: 'word', from: 'sell', words: { true: -1, false: 1 } },
  },
  facts: ({ same }) => ({ settlement: /_perp$/.test(same.pair ?? '') ? 'linear' : 'spot' }),
  series: tradeSeries('trade'),
}

const NAME =
  /^(?<venue>[A-Za-z0-9 ]+)_(?<pair>[A-Za-z0-9]+(?:_perp)?)_(?<dataset>cohlcvwap|ohlcv|trades)_(?:(?<interval>\d+[smhd])_)?\d{4}(?:_\d\d)?(?:_\d\d)?\.csv(?:\.gz)?$/i

/** `bw_btcusdt_perp_ohlcv_1h_2023.csv`, `Quoine_BTCAUD_trades_2016_10_12.csv.gz` */
function nameFacts(path: string): NameFacts | null {
  const { pair, dataset, interval = '' } = NAME.exec(basename(path))?.groups ?? {}
  if (pair === undefined) return null
  const timeframe = asTimeframe(interval)
  return {
    pair,
    dataset,
    settlement: /_perp$/i.test(pair) ? 'linear' : 'spot',
    ...(timeframe === null ? {} : { timeframe }),
  }
}

/**
 * Kaiko. Its codes of exchanges are its own: `--exchange` says which one is meant.
 * @see https://docs.kaiko.com/kaiko-csv-data/market-data/trades
 */
export const kaiko: Format = {
  name: 'kaiko',
  layouts: [candles, candlesAndVwap, trades],
  nameFacts,
}
