import { Command, InvalidArgumentError, Option } from 'commander'
import type { TimeRange } from '../../sdk/candle/time-ranges.ts'
import { AbortedError, ConfigError, EdgeQuantError } from '../../sdk/errors.ts'
import { MINUTE_MS, TIMEFRAMES, type Timeframe } from '../../sdk/units.ts'
import type { NewestCandles } from '../data/exchange/fetch-market-data.ts'
import { DATA_KINDS, type DataKind, KINDS } from '../data/kind.ts'
import type { MarketStore, SeriesKey } from '../data/market-store.ts'
import { list } from '../report/format.ts'
import { listenForInterrupt } from './interrupt.ts'
import { parseList, parsePositiveInteger, storeOption } from './options.ts'
import { parseKinds, parseTimeFlag } from './series-options.ts'
import { createTerminal, type Terminal } from './terminal.ts'

interface FetchFlags {
  readonly exchange: string[]
  readonly symbols: string[]
  readonly kinds: DataKind[]
  readonly timeframe: Timeframe
  readonly candles?: number
  readonly from?: number
  readonly to?: number
  readonly store: string
  readonly snapshots: number
  readonly every: number
  readonly timeout: number
  readonly concurrency: number
  readonly url?: ExchangeUrls
}

type ExchangeUrls = Readonly<Record<string, Readonly<Record<string, string>>>>

const DEFAULT_CANDLES = 12_000
/** Long enough for an exchange that asks to wait; one that cannot be reached is known after a few attempts. */
const FIRST_CONTACT_MS = 10 * MINUTE_MS

export function fetchCommand(): Command {
  return new Command('fetch')
    .description('fetch market data of exchanges into the store: only what is missing there')
    .option('-e, --exchange <list>', "ccxt's names, comma-separated", parseList, ['binance'])
    .option('-s, --symbols <list>', 'comma-separated; perpetuals as BTC/USDT:USDT', parseList, [
      'BTC/USDT',
      'ETH/USDT',
      'SOL/USDT',
    ])
    .option('-k, --kinds <list>', `of ${list(DATA_KINDS)}`, parseKinds, ['candle'])
    .addOption(
      new Option('-t, --timeframe <length>', 'of candles and of samples of open interest')
        .choices(Object.keys(TIMEFRAMES))
        .default('1h'),
    )
    .option(
      '-n, --candles <count>',
      `the newest so many, and the same time of other kinds (default: ${DEFAULT_CANDLES})`,
      parsePositiveInteger,
    )
    .option('--from <time>', 'in the place of -n: first day or time, UTC', parseTimeFlag)
    .option('--to <time>', 'day or time after the last; default now', parseTimeFlag)
    .addOption(storeOption())
    .option('--snapshots <count>', 'order books to take', parsePositiveInteger, 1)
    .option('--every <ms>', 'time from one order book to the next', parsePositiveInteger, 1000)
    .option('--timeout <ms>', 'limit for each request', parsePositiveInteger, 10_000)
    .option('--concurrency <count>', 'series at once, per exchange', parsePositiveInteger, 4)
    .option('--url <exchange.name=url>', "replace a base URL, by ccxt's name for it, e.g. binance.public=…", collectUrl)
    .addHelpText('after', HELP)
    .action(fetch)
}

const HELP = `
What was fetched is judged, as trainer validate does. Each page is stored as it comes: after Ctrl-C, or a kill, the same command goes on where it ended.
Few data need an API key; it is read from EDGEQUANT_<EXCHANGE>_API_KEY, …_SECRET and …_PASSWORD.

Examples:
  trainer fetch -e binance,bybit -s BTC/USDT,ETH/USDT -t 1h --from 2024-06-30
  trainer fetch -s BTC/USDT:USDT -k candle,funding,openInterest -t 1h -n 720
  trainer fetch -s BTC/USDT -k book --snapshots 60 --every 1000`

function collectUrl(text: string, earlier: ExchangeUrls = {}): ExchangeUrls {
  const [, exchange, name, url] = /^([^.=]+)\.([^=]+)=(https?:\/\/.+)$/.exec(text) ?? []
  if (url === undefined) throw new InvalidArgumentError('Expected e.g. binance.public=http://127.0.0.1:8080/api/v3.')
  return { ...earlier, [exchange]: { ...earlier[exchange], [name]: url } }
}

async function fetch(flags: FetchFlags): Promise<void> {
  const period = periodOf(flags)
  const series = seriesOf(flags)
  const { openParquetStore } = await import('../data/store/parquet-store.ts')
  const { fetchWithProgress } = await import('./fetch-with-progress.ts')
  const { credentialsFromEnvironment } = await import('../data/exchange/credentials.ts')
  const { outcomeLines } = await import('./fetch-outcomes.ts')

  const terminal = createTerminal()
  terminal.stage('fetch', `${series.length} series of ${list(flags.exchange)} into ${flags.store}`)
  const interrupt = listenForInterrupt(() => terminal.line('Stopping …'))
  const store = await openParquetStore(flags.store)
  try {
    const outcomes = await fetchWithProgress(terminal, {
      store,
      series,
      period,
      snapshots: { count: flags.snapshots, everyMs: flags.every },
      timeoutMs: flags.timeout,
      firstContactMs: FIRST_CONTACT_MS,
      concurrency: flags.concurrency,
      urls: flags.url ?? {},
      credentials: credentialsFromEnvironment(flags.exchange),
      signal: interrupt.signal,
    })
    for (const line of outcomeLines(outcomes)) terminal.line(line)
    const changed = outcomes.filter(({ rowsFetched }) => rowsFetched > 0).map(({ key }) => key)
    if (changed.length > 0) await judgeFetched(store, changed, terminal)
    if (outcomes.some(({ error }) => error !== null)) process.exitCode = 1
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error
    throw new EdgeQuantError(
      'INTERRUPTED',
      `Stopped. Every finished page is in ${store.place}; the same command goes on from there.`,
    )
  } finally {
    interrupt.release()
    await store.close()
  }
}

/** As `trainer validate` does: repairs of new rows are in place, and whoever fetched knows what came. */
async function judgeFetched(store: MarketStore, keys: readonly SeriesKey[], terminal: Terminal): Promise<void> {
  const { validateSeries } = await import('../data/quality/validate-series.ts')
  const { describeJudgement } = await import('./validate-lines.ts')
  terminal.stage('judged', 'what was found; rejected rows are stored, and no run takes them')
  for (const key of keys) {
    const judgement = await validateSeries(store, key)
    for (const line of describeJudgement({ where: store.place, judgement })) terminal.line(line)
  }
}

function seriesOf({ exchange, symbols, kinds, timeframe }: FetchFlags): SeriesKey[] {
  const once = <T>(items: readonly T[]): T[] => [...new Set(items)]
  return once(exchange).flatMap(id =>
    once(symbols).flatMap(symbol =>
      once(kinds).map(kind => ({
        exchange: id,
        symbol,
        kind,
        timeframe: KINDS[kind].hasTimeframe ? timeframe : null,
      })),
    ),
  )
}

/** @throws ConfigError `WRONG_VALUE` */
function periodOf({ from, to, candles, timeframe, kinds }: FetchFlags): TimeRange | NewestCandles {
  if (from !== undefined && candles !== undefined) {
    throw new ConfigError('WRONG_VALUE', 'Both --from and --candles say where to begin. Give one of them.', {})
  }
  if (from === undefined && to !== undefined) {
    throw new ConfigError('WRONG_VALUE', '--to says where to end. Say where to begin, too: --from 2024-06-30.', { to })
  }
  if (from !== undefined && from >= Date.now()) {
    throw new ConfigError('WRONG_VALUE', '--from lies in the future. Give a time that has passed.', { from })
  }
  if (from !== undefined) {
    const toMs = to ?? Number.POSITIVE_INFINITY
    if (toMs > from) return { fromMs: from, toMs }
    throw new ConfigError('WRONG_VALUE', '--to must lie after --from.', { from, to })
  }
  const many = kinds.find(kind => kind === 'trade' || kind === 'liquidation')
  if (candles === undefined && many !== undefined) {
    throw new ConfigError(
      'WRONG_VALUE',
      `There may be millions of ${many}s in ${DEFAULT_CANDLES} candles. Say where to begin: --from 2024-06-30T12:00, or -t 1m -n 60 for the last hour.`,
      { kinds },
    )
  }
  return { candles: candles ?? DEFAULT_CANDLES, timeframe }
}
