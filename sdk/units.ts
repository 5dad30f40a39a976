/** Time units in milliseconds. */
export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** The candle lengths the pipeline knows, as exchanges write them. */
export const TIMEFRAMES = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '4h': 4 * HOUR_MS,
  '1d': DAY_MS,
} as const

export type Timeframe = keyof typeof TIMEFRAMES

/** Length of a candle of this timeframe in ms. */
export const timeframeMs = (timeframe: Timeframe): number => TIMEFRAMES[timeframe]

/** Basis points (1/10,000) → fraction. */
export const bpsToFraction = (bps: number): number => bps / 10_000

/** Fraction → basis points. */
export const fractionToBps = (fraction: number): number => fraction * 10_000

/** `2024-01-31T07:00:00Z`, the one way a time is written in messages. */
export const formatTimeMs = (timeMs: number): string =>
  Number.isFinite(timeMs) && Math.abs(timeMs) <= 8.64e15
    ? new Date(timeMs).toISOString().replace('.000Z', 'Z')
    : String(timeMs)
