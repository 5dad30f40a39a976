import { CandleError } from '../errors.ts'
import { formatTimeMs, type Timeframe, timeframeMs } from '../units.ts'
import type { Candle, CandleSeries } from './candle.ts'

export interface ValidateCandlesOptions {
  /** Named in errors and kept in the series. */
  readonly symbol: string
  readonly timeframe: Timeframe
  /** A candle that closes after this is still in progress; default: the present. */
  readonly nowMs?: number
}

export type CandleErrorCode =
  | 'EMPTY'
  | 'NOT_A_CANDLE'
  | 'NON_FINITE'
  | 'NON_POSITIVE_PRICE'
  | 'NEGATIVE_VOLUME'
  | 'OHLC_ORDER'
  | 'MISALIGNED_TIME'
  | 'DUPLICATE_TIME'
  | 'UNORDERED_TIME'
  | 'GAP'
  | 'IN_PROGRESS'

const PRICES = ['open', 'high', 'low', 'close'] as const
const FIELDS = ['openTimeMs', ...PRICES, 'volume'] as const

/** The only way from loose candles to a series that the pipeline accepts: everything after it may rely on the data. */
class Validation {
  readonly #symbol: string
  readonly #timeframe: Timeframe
  readonly #stepMs: number
  readonly #nowMs: number

  constructor(o: ValidateCandlesOptions) {
    this.#symbol = o.symbol
    this.#timeframe = o.timeframe
    this.#stepMs = timeframeMs(o.timeframe)
    this.#nowMs = o.nowMs ?? Date.now()
  }

  /** Whether there is nothing to say about a candle: far quicker than to find out what there would be. */
  isSound({ openTimeMs, open, high, low, close, volume }: Candle, previous: Candle | undefined): boolean {
    return (
      low > 0 &&
      low <= open &&
      low <= close &&
      high >= open &&
      high >= close &&
      high < Number.POSITIVE_INFINITY &&
      volume >= 0 &&
      volume < Number.POSITIVE_INFINITY &&
      openTimeMs % this.#stepMs === 0 &&
      openTimeMs + this.#stepMs <= this.#nowMs &&
      (previous === undefined || openTimeMs - previous.openTimeMs === this.#stepMs)
    )
  }

  check(candle: Candle, previous: Candle | undefined, index: number): void {
    const fail = (code: CandleErrorCode, field: string, problem: string, remedy: string): never => {
      const value = candle[field as keyof Candle]
      throw new CandleError(
        code,
        `${this.#symbol} ${this.#timeframe} candle ${formatTimeMs(candle.openTimeMs)} (index ${index}): ${problem}. ${remedy}`,
        { symbol: this.#symbol, timeframe: this.#timeframe, index, openTimeMs: candle.openTimeMs, field, value },
      )
    }

    for (const field of FIELDS) {
      if (!Number.isFinite(candle[field])) {
        fail(
          'NON_FINITE',
          field,
          `${field} is ${candle[field]}, not a finite number`,
          'Fetch this candle again or drop it.',
        )
      }
    }
    for (const field of PRICES) {
      if (candle[field] <= 0) {
        fail(
          'NON_POSITIVE_PRICE',
          field,
          `${field} is ${candle[field]}; prices must be above 0`,
          'Fetch this candle again or drop it.',
        )
      }
    }
    if (candle.volume < 0) {
      fail(
        'NEGATIVE_VOLUME',
        'volume',
        `volume is ${candle.volume}; it must be 0 or more`,
        'Fetch this candle again or drop it.',
      )
    }
    this.#checkOhlcOrder(candle, fail)
    this.#checkTime(candle, previous, fail)
  }

  #checkOhlcOrder(candle: Candle, fail: Fail): void {
    const { open, high, low, close } = candle
    const [field, problem] =
      high < low
        ? ['high', `high ${high} is below low ${low}`]
        : high < Math.max(open, close)
          ? ['high', `high ${high} is below ${open > close ? `open ${open}` : `close ${close}`}`]
          : low > Math.min(open, close)
            ? ['low', `low ${low} is above ${open < close ? `open ${open}` : `close ${close}`}`]
            : ['', '']
    if (problem !== '')
      fail('OHLC_ORDER', field, problem, 'Check the order of the price columns, or fetch this candle again.')
  }

  #checkTime({ openTimeMs }: Candle, previous: Candle | undefined, fail: Fail): void {
    const stepMs = this.#stepMs
    if (openTimeMs % stepMs !== 0) {
      fail(
        'MISALIGNED_TIME',
        'openTimeMs',
        `opening time ${openTimeMs} is not a multiple of ${this.#timeframe} (${stepMs} ms)`,
        'Give opening times in UTC milliseconds, not seconds and not closing times.',
      )
    }
    if (previous !== undefined) {
      const stride = openTimeMs - previous.openTimeMs
      const before = formatTimeMs(previous.openTimeMs)
      if (stride === 0) {
        fail(
          'DUPLICATE_TIME',
          'openTimeMs',
          `opens at the same time as the candle before it (${openTimeMs})`,
          'Keep one of the two.',
        )
      }
      if (stride < 0) {
        fail(
          'UNORDERED_TIME',
          'openTimeMs',
          `opens before the candle in front of it, ${before}`,
          'Sort candles oldest first.',
        )
      }
      if (stride > stepMs) {
        const missing = stride / stepMs - 1
        fail(
          'GAP',
          'openTimeMs',
          `${missing} ${missing === 1 ? 'candle is' : 'candles are'} missing between ${before} and this one`,
          'Fetch them, fill a short gap with fillShortGaps, or cut the series with splitAtGaps.',
        )
      }
    }
    if (openTimeMs + stepMs > this.#nowMs) {
      fail(
        'IN_PROGRESS',
        'openTimeMs',
        `it closes at ${formatTimeMs(openTimeMs + stepMs)}, after now (${formatTimeMs(this.#nowMs)})`,
        'Leave out the candle that is still in progress.',
      )
    }
  }
}

type Fail = (code: CandleErrorCode, field: string, problem: string, remedy: string) => never

/**
 * Checks loose candles and turns them into a series. Nothing is repaired: what is wrong is an error that says where.
 *
 * @param candles Oldest first, contiguous, closed.
 * @throws CandleError `EMPTY`, `NOT_A_CANDLE`, `NON_FINITE`, `NON_POSITIVE_PRICE`, `NEGATIVE_VOLUME`, `OHLC_ORDER`, `MISALIGNED_TIME`,
 *   `DUPLICATE_TIME`, `UNORDERED_TIME`, `GAP`, `IN_PROGRESS`
 */
export function validateCandles(candles: readonly Candle[], o: ValidateCandlesOptions): CandleSeries {
  const length = candles.length
  if (length === 0) {
    throw new CandleError('EMPTY', `${o.symbol} ${o.timeframe}: got no candles; at least one is needed.`, {
      symbol: o.symbol,
      timeframe: o.timeframe,
    })
  }
  const validation = new Validation(o)
  const column = (): Float64Array => new Float64Array(length)
  const series = {
    symbol: o.symbol,
    timeframe: o.timeframe,
    length,
    openTimeMs: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  }
  for (let i = 0; i < length; i++) {
    const candle = candles[i]
    if (typeof candle !== 'object' || candle === null) {
      throw new CandleError(
        'NOT_A_CANDLE',
        `${o.symbol} ${o.timeframe}: the value at index ${i} is ${String(candle)}, not a candle { openTimeMs, open, high, low, close, volume }. Drop it or fetch the candle again.`,
        { symbol: o.symbol, timeframe: o.timeframe, index: i, value: String(candle) },
      )
    }
    if (!validation.isSound(candle, candles[i - 1])) validation.check(candle, candles[i - 1], i)
    for (const field of FIELDS) series[field][i] = candle[field]
  }
  return series
}
