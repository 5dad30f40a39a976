import type { Candle } from '../candle/candle.ts'
import { CandleError, FeatureError } from '../errors.ts'
import { formatTimeMs, type Timeframe } from '../units.ts'
import type { FeatureRows } from './feature-table.ts'
import { CANDLE_COLUMNS, type CandleColumn } from './graph/scope.ts'

const isPrice = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY
const isVolume = (value: number): boolean => value >= 0 && value < Number.POSITIVE_INFINITY

const PRICES = ['open', 'high', 'low', 'close'] as const

/**
 * Rows may have gaps, so they need not have passed `validateCandles`; what features rely on is checked here: times ascend,
 * prices are above 0 and volumes at least 0.
 * @throws CandleError `UNORDERED_TIME`, `BAD_VALUE`; FeatureError `WRONG_TIMEFRAME`, `RESERVED_INPUT`
 */
export function checkRows(rows: FeatureRows, timeframe: Timeframe): void {
  const { openTimeMs, volume, length } = rows
  if (rows.timeframe !== timeframe) throw wrongTimeframe(rows, timeframe)
  checkInputNames(rows, rows.symbol)
  for (let t = 1; t < length; t++) {
    if (!(openTimeMs[t] > openTimeMs[t - 1])) throw unorderedTime(rows, t)
  }
  for (const field of PRICES) {
    const prices = rows[field]
    for (let t = 0; t < length; t++) if (!isPrice(prices[t])) throw badValue(rows, field, t)
  }
  for (let t = 0; t < length; t++) if (!isVolume(volume[t])) throw badValue(rows, 'volume', t)
}

interface WithInputs {
  readonly inputs?: Readonly<Record<string, unknown>>
}

/** Whoever names a further column as one of candles means it to be used; that it is not must not go unseen. */
function checkInputNames({ inputs }: WithInputs, symbol: string): void {
  if (inputs === undefined) return
  for (let i = 0; i < CANDLE_COLUMNS.length; i++) {
    if (inputs[CANDLE_COLUMNS[i]] !== undefined) throw reservedInput(symbol, CANDLE_COLUMNS[i])
  }
}

function reservedInput(symbol: string, input: CandleColumn): FeatureError {
  return new FeatureError(
    'RESERVED_INPUT',
    `${symbol}: among the inputs is a column "${input}", but that is the candles' own; expected none of ${CANDLE_COLUMNS.join(', ')}. Give it another name.`,
    { symbol, input },
  )
}

function wrongTimeframe({ symbol, timeframe }: FeatureRows, expected: Timeframe): FeatureError {
  return new FeatureError(
    'WRONG_TIMEFRAME',
    `The candles of ${symbol} are of ${timeframe}; the features were compiled for ${expected}. Give candles of ${expected}, or compile the features for ${timeframe}.`,
    { symbol, timeframe, expected },
  )
}

function unorderedTime({ symbol, timeframe, openTimeMs }: FeatureRows, t: number): CandleError {
  return new CandleError(
    'UNORDERED_TIME',
    `${symbol} ${timeframe} candle ${formatTimeMs(openTimeMs[t])} (index ${t}) does not come after the one before it, ${formatTimeMs(openTimeMs[t - 1])}; sort the candles by time, each once.`,
    { symbol, timeframe, index: t, openTimeMs: openTimeMs[t], previousMs: openTimeMs[t - 1] },
  )
}

const badValue = (rows: FeatureRows, field: CandleColumn, t: number): CandleError =>
  badCandle(rows, { openTimeMs: rows.openTimeMs[t], field, value: rows[field][t] })

/** @throws CandleError `BAD_VALUE`; FeatureError `RESERVED_INPUT` */
export function checkCandle(candle: Candle & WithInputs, symbol: string, timeframe: string): void {
  checkInputNames(candle, symbol)
  const { open, high, low, close, volume, openTimeMs } = candle
  if (isPrice(open) && isPrice(high) && isPrice(low) && isPrice(close) && isVolume(volume)) return
  const field = CANDLE_COLUMNS.find(column => !(column === 'volume' ? isVolume : isPrice)(candle[column]))!
  throw badCandle({ symbol, timeframe }, { openTimeMs, field, value: candle[field] })
}

function badCandle(
  { symbol, timeframe }: { readonly symbol: string; readonly timeframe: string },
  { openTimeMs, field, value }: { openTimeMs: number; field: CandleColumn; value: number },
): CandleError {
  const expected = field === 'volume' ? '0 or more' : 'a price above 0'
  return new CandleError(
    'BAD_VALUE',
    `${symbol} ${timeframe} candle ${formatTimeMs(openTimeMs)}: ${field} is ${value}; expected ${expected}. Fetch this candle again or drop it.`,
    { symbol, timeframe, openTimeMs, field, value, expected },
  )
}
