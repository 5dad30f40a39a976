import { basename } from 'node:path'
import { TIMEFRAMES, type Timeframe } from '../../sdk/units.ts'
import { DATA_KINDS, type DataKind } from './kind.ts'
import { type Settlement, settlementOf, symbolOfPair } from './symbol-name.ts'

/** What the name of a file of market data says. */
export interface MarketFileName {
  /** As in file names, e.g. `binance`. */
  readonly exchange: string
  /** e.g. `BTC/USDT`, or `BTC/USDT:USDT` for a perpetual */
  readonly symbol: string
  readonly kind: DataKind
  /** Of kinds that have one. */
  readonly timeframe: Timeframe | null
  /** What stands after the timeframe, e.g. `barclose`. */
  readonly note: string | null
}

const TIMEFRAME = Object.keys(TIMEFRAMES).join('|')
const DAY = '\\d{4}-\\d\\d-\\d\\d'
const MARKETS: Readonly<Record<string, Settlement>> = { spot: 'spot', perp: 'linear', usdm: 'linear', coinm: 'inverse' }

const NAME = new RegExp(
  [
    '^(?<exchange>[a-z0-9]+(?:_[a-z0-9]+)*?)',
    `(?:_(?<market>${Object.keys(MARKETS).join('|')}))?`,
    '_(?<pair>[A-Z0-9-]+(?:_PERP)?)',
    // candles; other kinds as `trainer data export` names them; trades as they are recorded
    `_(?:(?<length>${TIMEFRAME})(?:-(?<note>[a-z0-9-]+))?_${DAY}_${DAY}`,
    `|(?<kind>${DATA_KINDS.join('|')})(?:_(?<sampling>${TIMEFRAME}))?_${DAY}_${DAY}`,
    `|${DAY}_trades|aggTrades_${DAY})`,
    '\\.csv(?:\\.gz)?$',
  ].join(''),
)

/** Null where the name is not one of ours: `binance_BTCUSDT_1h_<day>_<day>.csv.gz`, `binance_perp_BTCUSDT_…` and so on. */
export function parseMarketFileName(path: string): MarketFileName | null {
  const groups = NAME.exec(basename(path))?.groups
  if (!groups) return null
  return {
    exchange: groups.exchange,
    symbol: symbolOfPair(groups.pair, MARKETS[groups.market ?? 'spot']) ?? groups.pair,
    kind: groups.length ? 'candle' : ((groups.kind as DataKind | undefined) ?? 'trade'),
    timeframe: ((groups.length ?? groups.sampling) as Timeframe | undefined) ?? null,
    note: groups.note ?? null,
  }
}

/** The part of a file name that stands for exchange and symbol; it need not read back the same. */
export function seriesFileName(exchange: string, symbol: string): string {
  const settlement = settlementOf(symbol)
  const pair = symbol.replace(/:.*/, '')
  const joined = pair.replace('/', '')
  // `BTCUSDT` where that reads back to the same symbol, else `BASE-QUOTE`
  const written = symbolOfPair(joined, 'spot') === pair ? joined : pair.replace('/', '-')
  const market = settlement === 'linear' ? '_perp' : settlement === 'inverse' ? '_coinm' : ''
  return `${exchange}${market}_${written}`
}
