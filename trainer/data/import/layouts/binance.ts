import { basename } from 'node:path'
import { bookSeries } from '../book-series.ts'
import type { Cell, Facts, Format, Layout, NameFacts } from '../layout.ts'
import { asTimeframe } from '../timeframe-name.ts'
import { tradeSeries } from '../trade-series.ts'

/** Spot files are in microseconds since 2025-01-01, the others in milliseconds. */
const time = (from: string): Cell => ({ as: 'time', from, unit: 'msOrUs' })
const number = (from: string): Cell => ({ as: 'number', from })
/** A buyer who was there first had a seller come to him. */
const side = (from: string): Cell => ({ as: 'word', from, words: { true: -1, false: 1 } })

const KLINES = [
  ...['open_time', 'open', 'high', 'low', 'close', 'volume', 'close_time'],
  ...['quote_volume', 'count', 'taker_buy_volume', 'taker_buy_quote_volume', 'ignore'],
]

const klines: Layout = {
  title: 'binance klines',
  kind: 'candle',
  headers: [KLINES],
  withoutHeader: ['klines'],
  cells: {
    openTimeMs: time('open_time'),
    open: number('open'),
    high: number('high'),
    low: number('low'),
    close: number('close'),
    volume: number('volume'),
  },
}

/** Only spot files say whether a trade was at the best price. */
const BEST_MATCH = 'is_best_match'
const marketOfHeader = (_: unknown, __: unknown, header: readonly string[]): Facts => ({
  settlement: header.includes(BEST_MATCH) ? 'spot' : 'linear',
})

const AGG_TRADES = [
  ...['agg_trade_id', 'price', 'quantity', 'first_trade_id', 'last_trade_id', 'transact_time', 'is_buyer_maker'],
]
const aggTrades: Layout = {
  title: 'binance aggTrades',
  kind: 'trade',
  headers: [AGG_TRADES, [...AGG_TRADES, BEST_MATCH]],
  withoutHeader: ['aggTrades'],
  cells: {
    timeMs: time('transact_time'),
    id: { as: 'text', from: 'agg_trade_id' },
    price: number('price'),
    quantity: number('quantity'),
    side: side('is_buyer_maker'),
  },
  facts: marketOfHeader,
  series: tradeSeries('trade'),
}

const TRADES = ['id', 'price', 'qty', 'quote_qty', 'time', 'is_buyer_maker']
const trades: Layout = {
  title: 'binance trades',
  kind: 'trade',
  headers: [TRADES, [...TRADES, BEST_MATCH]],
  withoutHeader: ['trades'],
  cells: {
    timeMs: time('time'),
    id: { as: 'text', from: 'id' },
    price: number('price'),
    quantity: number('qty'),
    side: side('is_buyer_maker'),
  },
  facts: marketOfHeader,
  series: tradeSeries('trade'),
}

const perpetual = (): Facts => ({ settlement: 'linear' })

const fundingRate: Layout = {
  title: 'binance fundingRate',
  kind: 'funding',
  headers: [['calc_time', 'funding_interval_hours', 'last_funding_rate']],
  cells: { timeMs: time('calc_time'), rate: number('last_funding_rate') },
  facts: perpetual,
}

const metrics: Layout = {
  title: 'binance metrics',
  kind: 'openInterest',
  headers: [
    [
      ...['create_time', 'symbol', 'sum_open_interest', 'sum_open_interest_value'],
      ...['count_toptrader_long_short_ratio', 'sum_toptrader_long_short_ratio'],
      ...['count_long_short_ratio', 'sum_taker_long_short_vol_ratio'],
    ],
  ],
  cells: {
    timeMs: { as: 'time', from: 'create_time', unit: 'utc' },
    pair: { as: 'same', from: 'symbol' },
    base: { as: 'number', from: 'sum_open_interest', mayBeEmpty: true },
    quote: { as: 'number', from: 'sum_open_interest_value', mayBeEmpty: true },
  },
  // a row every five minutes
  facts: () => ({ settlement: 'linear', timeframe: '5m' }),
}

const bookTicker: Layout = {
  title: 'binance bookTicker',
  kind: 'book',
  headers: [
    [
      ...['update_id', 'best_bid_price', 'best_bid_qty', 'best_ask_price', 'best_ask_qty'],
      ...['transaction_time', 'event_time'],
    ],
  ],
  cells: {
    timeMs: time('transaction_time'),
    bidPrice1: number('best_bid_price'),
    bidQuantity1: number('best_bid_qty'),
    askPrice1: number('best_ask_price'),
    askQuantity1: number('best_ask_qty'),
  },
  facts: perpetual,
  series: bookSeries,
}

const bookDepth: Layout = {
  title: 'binance bookDepth',
  kind: 'book',
  headers: [['timestamp', 'percentage', 'depth', 'notional']],
  cells: {},
  refused: 'it has sums of quantities within so many percent of the price, and no prices',
}

/** Their rows look like klines; what they hold was never traded. */
const PRICE_INDEX = /(?:markPrice|indexPrice|premiumIndex)Klines/
const NAME =
  /^(?<pair>[A-Z0-9]+(?:_[A-Z0-9]+)?)-(?<what>aggTrades|trades|fundingRate|metrics|bookTicker|bookDepth|\d+(?:s|m|h|d|w|mo))-\d{4}-\d\d(?:-\d\d)?\.(?:zip|csv(?:\.gz)?)$/

function nameFacts(path: string): NameFacts | null {
  const { pair, what } = NAME.exec(basename(path))?.groups ?? {}
  if (pair === undefined) return null
  const folders = path.split(/[\\/]/)
  const isCoinM = folders.includes('cm') || /_PERP$|USD_\d{6}$/.test(pair)
  const isPerpetual = folders.includes('um') && !pair.includes('_')
  const timeframe = asTimeframe(what)
  const dataset = /^\d/.test(what) ? 'klines' : what
  const settlement = isCoinM ? 'inverse' : isPerpetual ? 'linear' : folders.includes('spot') ? 'spot' : null
  return {
    exchange: 'binance',
    pair,
    dataset,
    ...(timeframe === null ? {} : { timeframe }),
    ...(settlement === null ? {} : { settlement }),
  }
}

/**
 * The public archive https://data.binance.vision: zip files of a day or a month. COIN-M files are left to others.
 * @see https://github.com/binance/binance-public-data
 */
export const binance: Format = {
  name: 'binance',
  layouts: [klines, aggTrades, trades, fundingRate, metrics, bookTicker, bookDepth],
  nameFacts,
  refused: ({ pair = '', settlement }, path) => {
    const index = PRICE_INDEX.exec(path)?.[0]
    if (index !== undefined) return `${index} hold prices that were never traded`
    return settlement === 'inverse' || /_\d{6}$/.test(pair)
      ? `${pair} is a COIN-M or a dated contract; only spot and USD-M perpetuals can be imported`
      : null
  },
}
