import { FeatureError } from '../../errors.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../units.ts'
import { type Fold, lastKnown, ofLastSnapshot, sumOverCandle } from './fold.ts'
import { BOOK_INPUT_LEVELS, type InputSourceName, MACRO_SERIES } from './input-source.ts'
import { orderFlowOverCandle, TOP_COLUMNS, topDepthOverCandle } from './order-flow-fold.ts'
import { sessionClose, sessionDate, sessionLogMean } from './session-fold.ts'

/** A column that features take besides those of the candles: one value a candle, NaN where it is not known. */
export interface FeatureInput {
  readonly name: string
  readonly source: InputSourceName
  readonly unit: string
  readonly meaning: string
  /** How events become a value at a candle's close. */
  readonly alignment: string
  /** Columns of the source that it reads, the time aside. */
  readonly columns: readonly string[]
  /** `name[n]` is asked for, `n` sessions: whether it may be, or must be; default: neither. */
  readonly sessions?: 'optional' | 'required'
  /** Whether no event means 0, so that it must be known which times the events cover. */
  readonly needsCoverage?: true
  start(o: { readonly stepMs: number; readonly sessions: number }): Fold
}

/** A snapshot of the book is news for so long. */
const BOOK_MAX_AGE_MS = 5 * MINUTE_MS

/** Three payments of eight hours: what was paid longer ago is not the rate of now. */
const FUNDING_MAX_AGE_MS = DAY_MS

/** From New Year's Eve to the first session after it, and a lost day or two. */
const SESSION_MAX_AGE_MS = 7 * DAY_MS

const bookLevel = (side: 'bid' | 'ask', what: 'Price' | 'Quantity', level: number): FeatureInput => {
  const name = `${side}${what}${level}`
  return {
    name,
    source: 'book',
    unit: what === 'Price' ? 'quote currency' : 'base currency',
    meaning: `${what.toLowerCase()} of the ${side}, level ${level}`,
    alignment: 'of the last snapshot before the close, 5 minutes old at most; not known where it had no such level',
    columns: [name],
    start: () => ofLastSnapshot(name, BOOK_MAX_AGE_MS),
  }
}

const liquidations = (side: 1 | -1): FeatureInput => ({
  name: side === 1 ? 'shortLiquidation' : 'longLiquidation',
  source: 'liquidation',
  unit: 'quote currency',
  meaning: `value of forced ${side === 1 ? 'purchases: shorts' : 'sales: longs'} that were liquidated`,
  alignment: 'sum over the orders that became known during the candle; not known where the source does not cover it',
  columns: ['price', 'quantity', 'side'],
  needsCoverage: true,
  start: () => sumOverCandle((columns, i) => (columns.side[i] === side ? columns.price[i] * columns.quantity[i] : 0)),
})

const candleClose = (source: 'spot' | 'perpetual'): FeatureInput => ({
  name: `${source}Close`,
  source,
  unit: 'quote currency',
  meaning: `close of the ${source === 'spot' ? 'spot market’s' : 'perpetual’s'} candle`,
  alignment: 'of the candle that closes at the same time; not known where there is none',
  columns: ['close'],
  start: () => lastKnown('close', 0),
})

const macro = (series: (typeof MACRO_SERIES)[number]): FeatureInput[] => {
  const facts = { source: series, columns: ['close'] }
  const prefix = series.toLowerCase()
  const rule = 'of the sessions known by then; held over weekends and holidays, 7 days at most'
  return [
    {
      ...facts,
      name: `${prefix}Close`,
      unit: series === 'SPY' ? 'dollars' : 'points',
      meaning: `close of ${series} at the newest session, or [n] sessions before it`,
      alignment: rule,
      sessions: 'optional',
      start: ({ sessions }) => sessionClose(sessions, SESSION_MAX_AGE_MS),
    },
    {
      ...facts,
      name: `${prefix}LogMean`,
      unit: 'log',
      meaning: `mean logarithm of ${series} over the newest [n] sessions`,
      alignment: rule,
      sessions: 'required',
      start: ({ sessions }) => sessionLogMean(sessions, SESSION_MAX_AGE_MS),
    },
    {
      ...facts,
      name: `${prefix}Session`,
      unit: 'UTC ms',
      meaning: `date of the newest session of ${series}`,
      alignment: rule,
      start: () => sessionDate(SESSION_MAX_AGE_MS),
    },
  ]
}

const LEVELS = Array.from({ length: BOOK_INPUT_LEVELS }, (_, i) => i + 1)

/**
 * Every input column that EdgeQuant's features take. A value is used by the first candle that closes when it is known
 * (`INPUT_SOURCES` says when that is), never by an earlier one.
 */
export const FEATURE_INPUTS: readonly FeatureInput[] = [
  ...LEVELS.flatMap(level => [
    bookLevel('bid', 'Price', level),
    bookLevel('bid', 'Quantity', level),
    bookLevel('ask', 'Price', level),
    bookLevel('ask', 'Quantity', level),
  ]),
  {
    name: 'orderFlow',
    source: 'book',
    unit: 'base currency',
    meaning: 'what was added at the best bid and taken from the best ask, less the reverse',
    alignment:
      'sum over changes from snapshot to snapshot that became known during the candle and lie 10 seconds apart at most',
    columns: TOP_COLUMNS,
    start: orderFlowOverCandle,
  },
  {
    name: 'topDepth',
    source: 'book',
    unit: 'base currency',
    meaning: 'quantity at the best bid and ask, their mean',
    alignment: 'mean over the snapshots that became known during the candle',
    columns: TOP_COLUMNS,
    start: topDepthOverCandle,
  },
  {
    name: 'fundingRate',
    source: 'funding',
    unit: 'fraction of the notional',
    meaning: 'rate of the last payment, longs to shorts',
    alignment: 'the last one known, a day old at most',
    columns: ['rate'],
    start: () => lastKnown('rate', FUNDING_MAX_AGE_MS),
  },
  {
    name: 'openInterest',
    source: 'openInterest',
    unit: 'base currency',
    meaning: 'open contracts',
    alignment: 'the last sample known, 2 hours or 2 candles old at most, whichever is longer',
    columns: ['base'],
    start: ({ stepMs }) => lastKnown('base', Math.max(2 * HOUR_MS, 2 * stepMs)),
  },
  liquidations(-1),
  liquidations(1),
  candleClose('spot'),
  candleClose('perpetual'),
  ...MACRO_SERIES.flatMap(macro),
]

const byName = new Map(FEATURE_INPUTS.map(input => [input.name, input]))

/** An input as a feature asks for it: `fundingRate`, or `spyClose[5]` for five sessions earlier. */
export interface ResolvedInput {
  readonly name: string
  readonly input: FeatureInput
  readonly sessions: number
}

/** @throws FeatureError `UNKNOWN_INPUT` */
export function resolveInput(name: string): ResolvedInput {
  const [, plain, bracket] = /^(\w+)(?:\[([1-9]\d{0,2})\])?$/.exec(name) ?? []
  const input = byName.get(plain)
  const fits = bracket === undefined ? input?.sessions !== 'required' : input?.sessions !== undefined
  if (input && fits) return { name, input, sessions: Number(bracket ?? 0) }
  const names = FEATURE_INPUTS.map(({ name, sessions }) => (sessions ? `${name}[n]` : name))
  throw new FeatureError(
    'UNKNOWN_INPUT',
    `There is no rule for the input "${name}". There are: ${names.join(', ')}. Columns of your own features you align yourself and give with the candles.`,
    { input: name },
  )
}
