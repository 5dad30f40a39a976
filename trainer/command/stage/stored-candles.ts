import type { CandleCheck } from '../../../sdk/candle/quality/finding.ts'
import { ExchangeError } from '../../../sdk/errors.ts'
import type { RunConfig } from '../../config/run-config.ts'
import type { CandleFile } from '../../data/candle-file.ts'
import { toCandles } from '../../data/candle-table.ts'
import type { MarketStore } from '../../data/market-store.ts'
import { StoreError } from '../../data/store/store-error.ts'
import { day, integer, list } from '../../report/format.ts'
import { fetchWithProgress } from '../fetch-with-progress.ts'
import type { Terminal } from '../terminal.ts'

/** Repairs for these are flat candles in the place of none, or of one that was dropped. */
const MADE_UP: ReadonlySet<string> = new Set<CandleCheck>(['gap', 'missingValue', 'nonPositivePrice', 'negativeVolume'])

/**
 * The newest candles of an exchange, by way of the store, into which only those are fetched that it lacks. Where the
 * exchange cannot be reached: those that are stored, or null where they are too few.
 * @throws ExchangeError for a symbol that fails; StoreError
 */
export async function fetchCandles(config: RunConfig, terminal: Terminal): Promise<CandleFile[] | null> {
  const { exchange, symbols, timeframe, candles, timeoutMs, store: folder } = config.data
  terminal.stage('data', `Asking ${exchange} for ${symbols.length} × ${integer(candles)} ${timeframe} candles`)
  return await withStore(folder, async store => {
    const outcomes = await fetchWithProgress(terminal, {
      store,
      series: candleSeries(config),
      period: { candles, timeframe },
      timeoutMs,
      firstContactMs: timeoutMs,
    }).catch(nullIfUnreachable)
    const failed = outcomes?.find(({ error }) => error !== null)
    if (failed?.error) throw failed.error
    const files = await readNewest(store, config)
    if (outcomes !== null) return files

    terminal.line(`${exchange} cannot be reached (waited up to ${timeoutMs / 1000} s).`)
    if (files.some(file => file.candles.length < candles)) return null
    const newestMs = Math.min(...files.map(file => file.candles[candles - 1].openTimeMs))
    terminal.line(`Using what ${folder} has of it, up to ${day(newestMs)}.`)
    return files
  })
}

/** An exchange that fails later is an error: what was asked for is there then, only not yet fetched. */
function nullIfUnreachable(error: unknown): null {
  if (error instanceof ExchangeError && error.code === 'EXCHANGE_UNREACHABLE') return null
  throw error
}

/**
 * All candles that the store has of each symbol.
 * @throws StoreError `NO_SUCH_SERIES`
 */
export async function readStoredCandles(config: RunConfig, terminal: Terminal): Promise<CandleFile[]> {
  const { exchange, timeframe, store: folder } = config.data
  terminal.stage('data', `Reading ${exchange} ${timeframe} candles from ${folder}`)
  return await withStore(folder, async store => {
    const files = await readAll(store, config)
    const missing = files.filter(({ candles }) => candles.length === 0).map(({ symbol }) => symbol)
    if (missing.length > 0) throw await noSuchSeries(store, config, missing)
    return files
  })
}

async function noSuchSeries(store: MarketStore, { data }: RunConfig, missing: readonly string[]): Promise<StoreError> {
  const { exchange, timeframe } = data
  const there = (await store.list()).flatMap(({ key, rows }) =>
    key.kind === 'candle' && rows > 0 ? [`${key.exchange} ${key.symbol} ${key.timeframe}`] : [],
  )
  const has = there.length > 0 ? `Its candles: ${list(there)}` : 'It has no candles at all'
  return new StoreError(
    'NO_SUCH_SERIES',
    `${store.place} has no ${timeframe} candles of ${list(missing)} of ${exchange}. ${has}. Fetch what is missing: npm run trainer -- fetch -e ${exchange} -s ${missing.join()} -t ${timeframe} --store ${data.store}`,
    { place: store.place, exchange, timeframe, missing },
  )
}

/** DuckDB is loaded by verbs that read a store only. */
async function withStore<T>(folder: string, use: (store: MarketStore) => Promise<T>): Promise<T> {
  const { openParquetStore } = await import('../../data/store/parquet-store.ts')
  const store = await openParquetStore(folder)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const candleSeries = ({ data: { exchange, symbols, timeframe } }: RunConfig) =>
  symbols.map(symbol => ({ exchange, symbol, kind: 'candle' as const, timeframe }))

async function readAll(store: MarketStore, config: RunConfig): Promise<CandleFile[]> {
  const files: CandleFile[] = []
  for (const key of candleSeries(config)) {
    const { exchange, symbol, timeframe } = key
    const table = await store.read(key)
    // a run fills gaps by its own config, and keeps real candles only
    const candles = toCandles(table).filter((_, row) => !MADE_UP.has(table.repaired[row]))
    files.push({ exchange, symbol, timeframe, candles })
  }
  return files
}

const readNewest = async (store: MarketStore, config: RunConfig): Promise<CandleFile[]> =>
  (await readAll(store, config)).map(file => ({ ...file, candles: file.candles.slice(-config.data.candles) }))
