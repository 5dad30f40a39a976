import { join } from 'node:path'
import { TIMEFRAMES, type Timeframe } from '../../../sdk/units.ts'
import { DATA_KINDS, type DataKind } from '../kind.ts'
import type { SeriesKey } from '../market-store.ts'
import { folderEntries } from './folder-entries.ts'

/** What stands for the timeframe of kinds that have none. */
const NO_TIMEFRAME = 'none'

/** Folder of a series within a store: hive partitions, so that other tools see the key as columns. */
export const seriesPath = ({ exchange, symbol, kind, timeframe }: SeriesKey): string =>
  join(
    `exchange=${encodeName(exchange)}`,
    `symbol=${encodeName(symbol)}`,
    `kind=${kind}`,
    `timeframe=${timeframe ?? NO_TIMEFRAME}`,
  )

/** A name as part of a path. Beyond what URLs encode: what file systems or the globs of other tools read as something else. */
export const encodeName = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*~]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** The series whose folders are in `root`, by exchange, symbol, kind and timeframe. */
export async function listSeries(root: string): Promise<SeriesKey[]> {
  const keys: SeriesKey[] = []
  for (const exchange of await partitions(root, 'exchange')) {
    for (const symbol of await partitions(exchange.path, 'symbol')) {
      for (const kind of await partitions(symbol.path, 'kind')) {
        for (const timeframe of await partitions(kind.path, 'timeframe')) {
          if (!isKind(kind.value) || !isTimeframe(timeframe.value)) continue
          keys.push({
            exchange: exchange.value,
            symbol: symbol.value,
            kind: kind.value,
            timeframe: timeframe.value === NO_TIMEFRAME ? null : (timeframe.value as Timeframe),
          })
        }
      }
    }
  }
  return keys.sort(compareKeys)
}

interface Partition {
  readonly value: string
  readonly path: string
}

async function partitions(folder: string, name: string): Promise<Partition[]> {
  return (await folderEntries(folder)).flatMap(entry => {
    if (!entry.isDirectory() || !entry.name.startsWith(`${name}=`)) return []
    const value = decode(entry.name.slice(name.length + 1))
    return value === null ? [] : [{ value, path: join(folder, entry.name) }]
  })
}

/** Null for what this program would not have written. */
function decode(text: string): string | null {
  try {
    const value = decodeURIComponent(text)
    return encodeName(value) === text ? value : null
  } catch {
    return null
  }
}

const isKind = (text: string): text is DataKind => (DATA_KINDS as readonly string[]).includes(text)
const isTimeframe = (text: string): boolean => text === NO_TIMEFRAME || Object.hasOwn(TIMEFRAMES, text)

const LENGTHS: Readonly<Record<string, number>> = TIMEFRAMES

function compareKeys(a: SeriesKey, b: SeriesKey): number {
  const byName = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0)
  return (
    byName(a.exchange, b.exchange) ||
    byName(a.symbol, b.symbol) ||
    DATA_KINDS.indexOf(a.kind) - DATA_KINDS.indexOf(b.kind) ||
    (LENGTHS[a.timeframe ?? ''] ?? 0) - (LENGTHS[b.timeframe ?? ''] ?? 0)
  )
}

/** As messages name a series: `binance BTC/USDT candle 1h`. */
export const describeSeries = ({ exchange, symbol, kind, timeframe }: SeriesKey): string =>
  [exchange, symbol, kind, ...(timeframe === null ? [] : [timeframe])].join(' ')
