import type { Cell, Facts, Format, Layout, NameFacts, Rows } from '../layout.ts'
import { timeframeOfMs } from '../timeframe-name.ts'
import { tradeSeries } from '../trade-series.ts'

const time = (from: string): Cell => ({ as: 'time', from, unit: 'utc' })
const number = (from: string): Cell => ({ as: 'number', from })

const OHLCV = [
  ...['time_period_start', 'time_period_end', 'time_open', 'time_close'],
  ...['price_open', 'price_high', 'price_low', 'price_close', 'volume_traded', 'trades_count'],
]

/** The end of a period is the beginning of the next, or its own last moment. */
function periodFacts({ columns, length }: Rows): Facts {
  if (length === 0) return {}
  const [start, end] = [columns.openTimeMs[0] as number, columns.endTimeMs[0] as number]
  const timeframe = timeframeOfMs(end - start) ?? timeframeOfMs(end + 1 - start)
  return timeframe === null ? {} : { timeframe }
}

const candles: Layout = {
  title: 'coinapi OHLCV',
  kind: 'candle',
  headers: [OHLCV],
  cells: {
    openTimeMs: time('time_period_start'),
    endTimeMs: time('time_period_end'),
    open: number('price_open'),
    high: number('price_high'),
    low: number('price_low'),
    close: number('price_close'),
    volume: number('volume_traded'),
  },
  facts: periodFacts,
}

const TRADES = ['time_exchange', 'time_coinapi', 'guid', 'price', 'base_amount', 'taker_side']
const TRADE_IDS = ['id_exch_guid', 'id_exch_int_inc', 'order_id_maker', 'order_id_taker']

const trades: Layout = {
  title: 'coinapi trades',
  kind: 'trade',
  headers: [TRADES, [...TRADES, ...TRADE_IDS], [...TRADES, ...TRADE_IDS, 'user_taker', 'user_maker']],
  cells: {
    timeMs: time('time_exchange'),
    id: { as: 'text', from: 'guid' },
    price: number('price'),
    quantity: number('base_amount'),
    side: {
      as: 'word',
      from: 'taker_side',
      words: { buy: 1, buy_estimated: 1, sell: -1, sell_estimated: -1, unknown: 0 },
    },
  },
  series: tradeSeries('trade'),
}

const SYMBOL_ID =
  /(?<venue>[A-Z0-9]+)_(?<type>SPOT|PERP)_(?<base>[A-Z0-9]+)_(?<quote>[A-Z0-9]+)(?=_\d+(?:SEC|MIN|HRS|DAY)\b|[+.]|$)/
/** Where coinapi's name of an exchange is not ccxt's in capitals. */
const EXCHANGES: Readonly<Record<string, string>> = {
  BINANCEFTS: 'binance',
  BINANCEUSDM: 'binance',
  BYBITSPOT: 'bybit',
  COINBASE: 'coinbase',
  HUOBIPRO: 'htx',
  OKEX: 'okx',
}

/**
 * `BINANCE_SPOT_ETH_USDT_1HRS.csv`, as exports of candles are called, or
 * `T-TRADES/D-20230701/E-BINANCE/IDDI-1234+SC-BINANCE_SPOT_ETH_USDT+S-ETH-USDT.csv.gz`
 */
function nameFacts(path: string): NameFacts | null {
  const { venue, type, base, quote } = SYMBOL_ID.exec(path)?.groups ?? {}
  if (venue === undefined) return null
  return {
    exchange: EXCHANGES[venue] ?? venue.toLowerCase(),
    // a perpetual against USD may be settled in either currency: the name does not tell
    ...(type === 'SPOT'
      ? { symbol: `${base}/${quote}` }
      : quote === 'USD'
        ? {}
        : { symbol: `${base}/${quote}:${quote}` }),
  }
}

/**
 * CoinAPI: its flat files of trades, and OHLCV as its exports write it, separated by `;` or `,`. The flat files of OHLCV
 * (`T-OHLCV_ACTIVE_CONSOLIDATED`) are another layout: all symbols of an exchange in one file, by CoinAPI's numbers.
 * @see https://docs.coinapi.io/flat-files-api/data-types/trades
 */
export const coinapi: Format = {
  name: 'coinapi',
  layouts: [candles, trades],
  nameFacts,
}
