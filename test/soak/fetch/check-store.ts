import { readdir, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Candle } from '../../../sdk/candle/candle.ts'
import { DAY_MS, formatTimeMs, HOUR_MS } from '../../../sdk/units.ts'
import { toCandles } from '../../../trainer/data/candle-table.ts'
import type { MarketStore, SeriesKey } from '../../../trainer/data/market-store.ts'
import { openParquetStore } from '../../../trainer/data/store/parquet-store.ts'
import type { LoopbackMarket } from '../../fixtures/exchange/loopback-market.ts'

interface Expected {
  readonly folder: string
  readonly series: readonly SeriesKey[]
  readonly markets: readonly LoopbackMarket[]
  readonly fromMs: number
  readonly nowMs: number
  /** Since the store was checked last. */
  readonly killsSince: number
}

/** Those may still be corrected: they must be there, but not with their final values. */
const SETTLING_HOURS = 3

/** Throws where the store holds anything but the closed candles and payments of the exchange. Returns how many it holds. */
export async function checkStore(o: Expected): Promise<number> {
  const store = await openParquetStore(o.folder)
  try {
    let rows = 0
    for (const key of o.series) rows += await (key.kind === 'funding' ? checkFunding : checkCandles)(store, key, o)
    await checkLeftovers(o)
    return rows
  } finally {
    await store.close()
  }
}

async function checkCandles(store: MarketStore, key: SeriesKey, { markets, fromMs, nowMs }: Expected): Promise<number> {
  const market = markets.find(({ symbol }) => symbol === key.symbol)
  const endMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS
  const settledMs = endMs - SETTLING_HOURS * HOUR_MS
  const fed = (market?.candles?.get('1h') ?? []).filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < endMs)
  const stored = toCandles(await store.read(key, { raw: true }))
  const fail = (what: string): never => {
    throw new Error(`${key.exchange} ${key.symbol}: ${what}`)
  }
  for (let i = 0; i < Math.max(fed.length, stored.length); i++) {
    const [is, should] = [stored[i], fed[i]]
    if (is?.openTimeMs !== should?.openTimeMs) fail(`row ${i} is ${describe(is)}, and should be ${describe(should)}`)
    if (should.openTimeMs < settledMs && !isSame(is, should))
      fail(`row ${i} is ${describe(is)}, and should be ${describe(should)}`)
  }
  const complete = JSON.stringify(await store.complete(key))
  const expected = JSON.stringify([{ fromMs, toMs: settledMs }])
  if (complete !== expected) fail(`complete is ${complete}, and should be ${expected}`)
  return stored.length
}

async function checkFunding(store: MarketStore, key: SeriesKey, { markets, fromMs, nowMs }: Expected): Promise<number> {
  const market = markets.find(({ symbol }) => symbol === key.symbol)
  const fed = (market?.funding ?? []).filter(({ timeMs }) => timeMs >= fromMs && timeMs < nowMs)
  const { length, columns } = await store.read(key, { raw: true })
  const { timeMs: times, rate: rates } = columns
  for (let i = 0; i < Math.max(fed.length, length); i++) {
    if (times?.[i] === fed[i]?.timeMs && rates?.[i] === fed[i]?.rate) continue
    throw new Error(
      `${key.exchange} funding: row ${i} is ${times?.[i]} ${rates?.[i]}, and should be ${JSON.stringify(fed[i])}`,
    )
  }
  const complete = JSON.stringify(await store.complete(key))
  const expected = JSON.stringify([{ fromMs, toMs: fed[fed.length - 1].timeMs + 1 }])
  if (complete !== expected) throw new Error(`funding: complete is ${complete}, and should be ${expected}`)
  return length
}

const isSame = (a: Candle, b: Candle): boolean =>
  a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume

const describe = (candle: Candle | undefined): string =>
  candle === undefined ? 'missing' : `${formatTimeMs(candle.openTimeMs)} ${JSON.stringify(Object.values(candle))}`

/**
 * A process that is killed leaves at most the file that it was writing, and the next one removes it when it is too old to
 * be somebody's: each file that is left is made a day older, so that it must be gone the next time.
 */
async function checkLeftovers({ folder, killsSince, series }: Expected): Promise<void> {
  const names = await readdir(folder, { recursive: true })
  const left = names.filter(name => name.endsWith('.tmp'))
  // a process writes one page of each series at a time
  const most = killsSince * series.length
  if (left.length > most) throw new Error(`${left.length} temporary files are left after ${killsSince} kills: ${left}`)
  for (const name of left) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > HOUR_MS) throw new Error(`${path} is left from a process that is long gone`)
    await utimes(path, new Date(mtimeMs - DAY_MS), new Date(mtimeMs - DAY_MS))
  }
}
