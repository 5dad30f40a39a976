import type { CandleCheck } from '../../../sdk/candle/quality/finding.ts'
import { subtractRanges, type TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { ExchangeError, SourceError } from '../../../sdk/errors.ts'
import { timeframeMs } from '../../../sdk/units.ts'
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
 * The newest candles of an exchange, by way of the store, into which only those are fetched that it lacks: as many as the
 * config says, less those that the market does not have. Where the exchange cannot be reached: the newest that are stored,
 * or null where some of them were never fetched.
 * @throws ExchangeError for a symbol that fails; SourceError `NO_CANDLES`; StoreError
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
    if (outcomes === null) {
      terminal.line(`${exchange} cannot be reached (waited up to ${timeoutMs / 1000} s).`)
      return await readNewest(store, config, terminal)
    }
    const failed = outcomes.find(({ error }) => error !== null)
    if (failed?.error) throw failed.error
    const files: CandleFile[] = []
    for (const [i, key] of candleSeries(config).entries()) {
      const { range, notes } = outcomes[i]
      for (const note of notes) terminal.line(`${key.symbol}: ${note}`)
      files.push(await readSeries(store, key, range!))
    }
    const without = files.filter(file => file.candles.length === 0).map(({ symbol }) => symbol)
    if (without.length > 0) {
      throw new SourceError(
        'NO_CANDLES',
        `${exchange} has no ${timeframe} candles of ${list(without)} in the time of the newest ${integer(candles)}. Ask for more (data.candles), or leave these symbols out.`,
        { exchange, timeframe, symbols: without },
      )
    }
    tellMissing(files, config, terminal)
    return files
  })
}

/** The newest places for candles, up to the newest stored one; null where some symbol's were not all fetched. */
async function readNewest(store: MarketStore, config: RunConfig, terminal: Terminal): Promise<CandleFile[] | null> {
  const { candles: count, timeframe, store: folder } = config.data
  const stepMs = timeframeMs(timeframe)
  const files: CandleFile[] = []
  for (const key of candleSeries(config)) {
    const all = await readSeries(store, key)
    const newestMs = all.candles.at(-1)?.openTimeMs
    if (newestMs === undefined) return null
    const range = { fromMs: Math.max(0, newestMs - (count - 1) * stepMs), toMs: newestMs + stepMs }
    // a row that validation left out was fetched all the same
    const rows = toCandles(await store.read(key, { range, raw: true }))
    const fetched = rows.map(({ openTimeMs }) => ({ fromMs: openTimeMs, toMs: openTimeMs + stepMs }))
    const [unknown] = subtractRanges(range, [...fetched, ...(await store.complete(key))])
    if (unknown !== undefined) {
      terminal.line(
        `${folder} has too few of ${key.symbol}: of its newest ${integer(count)} candles, up to ${day(newestMs)}, those from ${day(unknown.fromMs)} on were not all fetched.`,
      )
      return null
    }
    files.push({ ...all, candles: all.candles.filter(({ openTimeMs }) => openTimeMs >= range.fromMs) })
  }
  const newestMs = Math.min(...files.map(({ candles }) => candles[candles.length - 1].openTimeMs))
  terminal.line(`Using what ${folder} has of it, up to ${day(newestMs)}.`)
  tellMissing(files, config, terminal)
  return files
}

function tellMissing(files: readonly CandleFile[], { data }: RunConfig, terminal: Terminal): void {
  for (const { symbol, candles } of files.filter(file => file.candles.length < data.candles)) {
    terminal.line(
      `${symbol}: ${integer(candles.length)} candles in the time of ${integer(data.candles)}: the exchange gives no others.`,
    )
  }
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
    const files: CandleFile[] = []
    for (const key of candleSeries(config)) files.push(await readSeries(store, key))
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

type CandleKey = ReturnType<typeof candleSeries>[number]

const candleSeries = ({ data: { exchange, symbols, timeframe } }: RunConfig) =>
  symbols.map(symbol => ({ exchange, symbol, kind: 'candle' as const, timeframe }))

/** Those of a range; without one, all. A run fills gaps by its own config, and keeps real candles only. */
async function readSeries(store: MarketStore, key: CandleKey, range?: TimeRange): Promise<CandleFile> {
  const { exchange, symbol, timeframe } = key
  const table = await store.read(key, range === undefined ? {} : { range })
  const candles = toCandles(table).filter((_, row) => !MADE_UP.has(table.repaired[row]))
  return { exchange, symbol, timeframe, candles }
}
