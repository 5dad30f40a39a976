import type { Interval } from '../../sdk/backtest/backtest.ts'

const MINUS = '−'
const signed = (text: string) => text.replace('-', MINUS)

/** `+3.2 %`; one decimal, and a sign where `plus` asks for it. */
export function percent(fraction: number, o: { digits?: number; plus?: boolean } = {}): string {
  const { digits = 1, plus = false } = o
  const text = (fraction * 100).toFixed(digits)
  return `${plus && fraction > 0 ? '+' : ''}${signed(Number(text) === 0 ? text.replace('-', '') : text)} %`
}

export const decimal = (value: number, digits = 2): string => signed(value.toFixed(digits))

/** `12,345` */
export const integer = (value: number): string => Math.round(value).toLocaleString('en-US')

export const day = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10)

export const period = (startTimeMs: number, endTimeMs: number): string => `${day(startTimeMs)} – ${day(endTimeMs)}`

export const bytes = (count: number): string => (count < 10_000 ? `${integer(count)} B` : `${integer(count / 1000)} kB`)

export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 100) return `${Math.round(seconds)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}

/** `0.912 (0.905 – 0.920)` */
export const withInterval = (value: string, interval: Interval, format: (value: number) => string): string =>
  `${value} (${format(interval.low)} … ${format(interval.high)})`

/** What is undefined is said, never drawn as 0. */
export const orDash = (value: number | null, format: (value: number) => string): string =>
  value === null ? '–' : format(value)

/** `3 h` for hourly candles, `3 × 15m` for others that have no whole unit. */
export function horizonText(candles: number, timeframe: string): string {
  const [, count = '1', unit = ''] = /^(\d+)([mhd])$/.exec(timeframe) ?? []
  return `${candles * Number(count)} ${unit === 'm' ? 'min' : unit}`
}

export const list = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
