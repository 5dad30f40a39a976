import { fetchMarketData } from '../../../trainer/data/exchange/fetch-market-data.ts'
import type { SeriesKey } from '../../../trainer/data/market-store.ts'
import { openParquetStore } from '../../../trainer/data/store/parquet-store.ts'

/** What a process has to fetch; goes through JSON. */
export interface FetchTask {
  /** Folder of the store. */
  readonly store: string
  readonly series: readonly SeriesKey[]
  readonly fromMs: number
  readonly toMs: number
  /** The clock of the process. */
  readonly nowMs: number
  /** Of the exchange, see `ExchangeOptions.urls`. */
  readonly urls: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Faults are frequent, and nobody waits for the exchange to recover: so often, and so quickly, is asked again. */
const PATIENCE = { timeoutMs: 400, retries: 40, backoff: { firstMs: 2, longestMs: 20 } }

/** Fetches what the store lacks; throws where a series ended early. */
export async function runFetchTask({ store: folder, series, fromMs, toMs, nowMs, urls }: FetchTask): Promise<void> {
  const store = await openParquetStore(folder)
  try {
    const now = (): number => nowMs
    const outcomes = await fetchMarketData({ store, series, period: { fromMs, toMs }, now, urls, ...PATIENCE })
    const failed = outcomes.find(({ error }) => error !== null)
    if (failed?.error) throw failed.error
  } finally {
    await store.close()
  }
}
