import { type Command, InvalidArgumentError, Option } from 'commander'
import { formatTimeMs, TIMEFRAMES, type Timeframe } from '../../sdk/units.ts'
import { DATA_KINDS, type DataKind } from '../data/kind.ts'
import type { SeriesKey } from '../data/market-store.ts'
import { StoreError } from '../data/store/store-error.ts'
import { parseList } from './options.ts'

/** Which series of a store a verb is about; all of them where nothing is said. */
export interface SeriesFlags {
  readonly exchange?: readonly string[]
  readonly symbols?: readonly string[]
  readonly kinds?: readonly DataKind[]
  readonly timeframe?: Timeframe
}

export function addSeriesOptions(command: Command): Command {
  return command
    .option('-e, --exchange <names>', "only these, in ccxt's spelling, e.g. binance,bybit", parseList)
    .option('-s, --symbols <list>', 'only these, e.g. BTC/USDT,BTC/USDT:USDT', parseList)
    .option('-k, --kinds <list>', `only these: ${DATA_KINDS.join(', ')}`, parseKinds)
    .addOption(new Option('-t, --timeframe <timeframe>', 'only this one').choices(Object.keys(TIMEFRAMES)))
}

export function parseKinds(text: string): DataKind[] {
  const kinds = parseList(text)
  const unknown = kinds.find(kind => !(DATA_KINDS as readonly string[]).includes(kind))
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`"${unknown}" is no kind of data; expected some of ${DATA_KINDS.join(', ')}.`)
  }
  return kinds as DataKind[]
}

/** UTC, e.g. `2024-01-31` or `2024-01-31T07:00`. */
export function parseTimeFlag(text: string): number {
  const match = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z?)?$/.test(text)
  const timeMs = match ? Date.parse(/[TZ]/.test(text) ? `${text.replace('Z', '')}Z` : text) : Number.NaN
  // Date.parse takes 2024-02-31 for a day in March.
  if (Number.isNaN(timeMs) || !formatTimeMs(timeMs).startsWith(text.replace('Z', ''))) {
    throw new InvalidArgumentError('Expected a time in UTC, e.g. 2024-01-31 or 2024-01-31T07:00.')
  }
  return timeMs
}

/**
 * Those of `items` that the flags ask for.
 * @throws StoreError `NO_SUCH_SERIES` where a name that was given is not among them
 */
export function selectSeries<T extends { readonly key: SeriesKey }>(
  items: readonly T[],
  { exchange, symbols, kinds, timeframe }: SeriesFlags,
  place: string,
): T[] {
  const selected = items.filter(
    ({ key }) =>
      (exchange?.includes(key.exchange) ?? true) &&
      (symbols?.includes(key.symbol) ?? true) &&
      (kinds?.includes(key.kind) ?? true) &&
      (timeframe === undefined || key.timeframe === timeframe),
  )
  const asked: string[] = [exchange, symbols, kinds, timeframe].flatMap(flag => flag ?? [])
  const found = new Set<string | null>(
    selected.flatMap(({ key }) => [key.exchange, key.symbol, key.kind, key.timeframe]),
  )
  const missing = asked.filter(name => !found.has(name))
  if (missing.length === 0) return selected
  const names = [...new Set(items.map(({ key }) => `${key.exchange} ${key.symbol}`))]
  const there =
    names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more` : names.join(', ')
  throw new StoreError(
    'NO_SUCH_SERIES',
    `${place} has nothing of ${missing.map(name => `"${name}"`).join(', ')}; asked for was ${asked.join(' ')}. It has ${there}. See trainer data list.`,
    { place, missing, asked },
  )
}

/** Series that an error names. */
const SHOWN = 8

/** What to do where there is nothing yet. */
export const emptyStoreText = (place: string): string =>
  [
    `The store ${place} is empty. Fill it, for example:`,
    '  trainer fetch -e binance -s BTC/USDT -t 1h -n 1000',
    '  trainer import <files>',
  ].join('\n')
