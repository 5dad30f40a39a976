/**
 * What kinds of market data there are, and the columns of each: the one schema that fetching, importing, storing,
 * validating and exporting share.
 */

/** `time`: UTC ms; `number`: finite; `text`: UTF-8. */
export type ColumnType = 'time' | 'number' | 'text'

export interface ColumnSchema {
  readonly type: ColumnType
  readonly description: string
  /** May be unknown: NaN in memory, null on disk. */
  readonly optional?: true
  /** Smallest and largest value that can be true. */
  readonly min?: number
  readonly max?: number
  /** Whether `min` itself cannot be true, e.g. a price of 0. */
  readonly aboveMin?: true
}

export interface KindSchema {
  /** By name, in the order they are stored. The first is the time that rows are sorted by. */
  readonly columns: Readonly<Record<string, ColumnSchema>>
  /** Columns that tell rows apart. */
  readonly key: readonly string[]
  /** Whether a series of it has a timeframe. */
  readonly hasTimeframe: boolean
  readonly description: string
}

const time = (description: string): ColumnSchema => ({ type: 'time', description, min: 0, aboveMin: true })
const price = (description: string): ColumnSchema => ({ type: 'number', description, min: 0, aboveMin: true })
const amount = (description: string): ColumnSchema => ({ type: 'number', description, min: 0 })
const unknownable = (column: ColumnSchema): ColumnSchema => ({ ...column, optional: true })
const side: ColumnSchema = {
  type: 'number',
  description: 'of the taker: 1 buys, -1 sells, 0 where it is not known',
  min: -1,
  max: 1,
}

/** Levels that a stored order book has on each side. */
export const BOOK_LEVELS = 10

const bookLevels = Object.fromEntries(
  Array.from({ length: BOOK_LEVELS }, (_, i) => i + 1).flatMap(level => [
    [`bidPrice${level}`, unknownable(price(`bid, level ${level}, quote currency`))],
    [`bidQuantity${level}`, unknownable(amount(`bid, level ${level}, base currency`))],
    [`askPrice${level}`, unknownable(price(`ask, level ${level}, quote currency`))],
    [`askQuantity${level}`, unknownable(amount(`ask, level ${level}, base currency`))],
  ]),
)

export const KINDS = {
  candle: {
    description: 'candles of one timeframe',
    columns: {
      openTimeMs: time('opening time'),
      open: price('quote currency'),
      high: price('quote currency'),
      low: price('quote currency'),
      close: price('quote currency'),
      volume: amount('base currency'),
    },
    key: ['openTimeMs'],
    hasTimeframe: true,
  },
  funding: {
    description: 'funding rates of a perpetual, as paid',
    columns: {
      timeMs: time('when it was paid'),
      rate: { type: 'number', description: 'fraction of the notional, longs pay shorts', min: -1, max: 1 },
    },
    key: ['timeMs'],
    hasTimeframe: false,
  },
  openInterest: {
    description: 'open interest of a perpetual, sampled',
    columns: {
      timeMs: time('of the sample'),
      base: unknownable(amount('open contracts, base currency')),
      quote: unknownable(amount('open contracts, quote currency')),
    },
    key: ['timeMs'],
    hasTimeframe: true,
  },
  book: {
    description: `order-book snapshots: the best ${BOOK_LEVELS} levels and what follows from them`,
    columns: {
      timeMs: time('of the snapshot'),
      midPrice: price('(best bid + best ask) / 2, quote currency'),
      spreadBps: { type: 'number', description: '(best ask − best bid) / mid · 10,000', min: 0, aboveMin: true },
      bidDepth: amount('of the levels below, base currency'),
      askDepth: amount('of the levels below, base currency'),
      imbalance: { type: 'number', description: '(bid depth − ask depth) / (bid depth + ask depth)', min: -1, max: 1 },
      ...bookLevels,
    },
    key: ['timeMs'],
    hasTimeframe: false,
  },
  trade: {
    description: 'trades',
    columns: {
      timeMs: time('of the trade'),
      id: { type: 'text', description: "the exchange's" },
      price: price('quote currency'),
      quantity: { type: 'number', description: 'base currency', min: 0, aboveMin: true },
      side,
    },
    key: ['timeMs', 'id'],
    hasTimeframe: false,
  },
  liquidation: {
    description: 'forced orders',
    columns: {
      timeMs: time('of the order'),
      id: {
        type: 'text',
        description: "the exchange's, or side, price, quantity and number among those alike where it has none",
      },
      price: price('quote currency'),
      quantity: { type: 'number', description: 'base currency', min: 0, aboveMin: true },
      side: { ...side, description: 'of the forced order: 1 buys, -1 sells' },
    },
    key: ['timeMs', 'id'],
    hasTimeframe: false,
  },
} as const satisfies Record<string, KindSchema>

export type DataKind = keyof typeof KINDS

export const DATA_KINDS = Object.keys(KINDS) as DataKind[]

/** Rows of one kind, by column: `Float64Array` for times and numbers (NaN where an optional one is unknown). */
export interface Table {
  readonly length: number
  readonly columns: Readonly<Record<string, Float64Array | readonly string[]>>
}

/** Name of the column that rows are sorted by. */
export const timeColumn = (kind: DataKind): string => Object.keys(KINDS[kind].columns)[0]
