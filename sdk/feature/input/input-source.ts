import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../units.ts'

/** Levels that a snapshot of the order book has on each side. */
export const BOOK_INPUT_LEVELS = 10

/** A kind of events that input columns are made of. */
export interface InputSource {
  readonly meaning: string
  /** Name of the events' time, UTC ms. */
  readonly timeColumn: string
  /** From the time that an event bears until it is known; `stepMs` is the length of a candle. */
  availableAfterMs(stepMs: number): number
  /** The same, and why. */
  readonly availability: string
}

/** Of series with a value a trading day of New York. */
const session = (meaning: string): InputSource => ({
  meaning: `${meaning}; a value a trading day, by its date at 00:00 UTC`,
  timeColumn: 'timeMs',
  availableAfterMs: () => 22 * HOUR_MS + 30 * MINUTE_MS,
  availability:
    'at 22:30 UTC of its date: New York closes by 21:15 in winter, the dollar index at 22:00. An hourly candle that closes at 23:00 is the first to know it',
})

const candle = (meaning: string): InputSource => ({
  meaning,
  timeColumn: 'openTimeMs',
  availableAfterMs: stepMs => stepMs,
  availability: 'at its close',
})

/** Event columns are named as the trainer’s store names them. */
export const INPUT_SOURCES = {
  book: {
    meaning: `snapshots of the order book: the best ${BOOK_INPUT_LEVELS} levels a side, by time of the snapshot`,
    timeColumn: 'timeMs',
    availableAfterMs: () => SECOND_MS,
    availability: 'a second later: what an exchange sends takes its time',
  },
  funding: {
    meaning: 'funding rates of the perpetual, by time of payment',
    timeColumn: 'timeMs',
    availableAfterMs: () => MINUTE_MS,
    availability:
      'a minute after it was paid, so that the candle that closes with the payment does not know it and the next one does',
  },
  openInterest: {
    meaning: 'open interest of the perpetual, by time of the sample',
    timeColumn: 'timeMs',
    availableAfterMs: () => MINUTE_MS,
    availability: 'a minute after the sample',
  },
  liquidation: {
    meaning: 'forced orders of the perpetual, by time of the order',
    timeColumn: 'timeMs',
    availableAfterMs: () => SECOND_MS,
    availability: 'a second later: exchanges send them bundled, at most one a second',
  },
  spot: candle('candles of the spot market, of the same length'),
  perpetual: candle('candles of the perpetual, of the same length'),
  SPY: session('closes of the S&P 500 fund SPY'),
  DXY: session('closes of the US dollar index'),
  VIX: session('closes of the volatility index of the S&P 500'),
} as const satisfies Record<string, InputSource>

export type InputSourceName = keyof typeof INPUT_SOURCES

/** Series with a value a trading day. */
export const MACRO_SERIES = ['SPY', 'DXY', 'VIX'] as const
export type MacroSeries = (typeof MACRO_SERIES)[number]
