const MINUS = '\u2212'
const THIN = '\u202f'

const formatters = new Map<string, Intl.NumberFormat>()

/** Making a formatter costs far more than using it, and replay formats hundreds of figures a second. */
function formatter(digits: number, signDisplay: 'negative' | 'exceptZero'): Intl.NumberFormat {
  const key = `${digits} ${signDisplay}`
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.NumberFormat('en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay,
  })
  formatters.set(key, made)
  return made
}

const number = (value: number, digits: number, signDisplay: 'negative' | 'exceptZero' = 'negative') =>
  formatter(digits, signDisplay).format(value).replace('-', MINUS)

/** Decimals that give a price five significant figures. */
export const priceDigits = (price: number): number =>
  Math.min(8, Math.max(0, 4 - Math.floor(Math.log10(Math.max(price, 1e-8)))))

export const formatPrice = (price: number): string => number(price, priceDigits(price))

/** A size in base currency, to three significant figures. */
export const formatQuantity = (quantity: number): string =>
  number(quantity, Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(Math.max(quantity, 1e-8))))))

/** Whole basis points; one decimal below 1 bp, where it is all there is. */
export const formatBps = (bps: number): string =>
  `${number(bps, Math.abs(bps) < 1 && bps !== 0 ? 1 : 0, 'exceptZero')}${THIN}bps`

/** A cost or limit: basis points without a sign. */
export const formatCostBps = (bps: number): string => `${number(bps, Number.isInteger(bps) ? 0 : 1)}${THIN}bps`

export const formatPercent = (fraction: number, digits = 1): string =>
  `${number(fraction * 100, digits, 'exceptZero')}${THIN}%`

/** A share between 0 and 1. */
export const formatShare = (fraction: number, digits = 0): string => `${number(fraction * 100, digits)}${THIN}%`

export const formatRatio = (value: number, digits = 2): string => number(value, digits)

export const formatCount = (value: number): string => number(value, 0)

export const formatMs = (ms: number): string => `${number(ms, ms < 1 ? 2 : ms < 10 ? 1 : 0)}${THIN}ms`

export function formatBytes(bytes: number): string {
  if (bytes >= 1e6) return `${number(bytes / 1e6, 1)}${THIN}MB`
  return `${number(bytes / 1e3, 0)}${THIN}kB`
}

/** Candles ahead as a duration: `6 h`, `15 min`, `2 d`. */
export function formatDuration(ms: number): string {
  const hours = ms / 3_600_000
  if (hours < 1) return `${number(ms / 60_000, 0)}${THIN}min`
  return hours > 48 ? `${number(hours / 24, 0)}${THIN}d` : `${number(hours, 0)}${THIN}h`
}

const pad = (value: number) => String(value).padStart(2, '0')
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function formatClock(timeMs: number): string {
  const t = new Date(timeMs)
  return `${pad(t.getUTCHours())}:${pad(t.getUTCMinutes())}`
}

/** `30 Jun`, UTC. */
export function formatDay(timeMs: number): string {
  const t = new Date(timeMs)
  return `${t.getUTCDate()} ${MONTHS[t.getUTCMonth()]}`
}

/** `30 Jun 2025`, UTC. */
export function formatDate(timeMs: number): string {
  return `${formatDay(timeMs)} ${new Date(timeMs).getUTCFullYear()}`
}

/** A candle's span, UTC: `30 Jun 22:00–23:00`. */
export function formatSpan(openTimeMs: number, closeTimeMs: number): string {
  return `${formatDay(openTimeMs)} ${formatClock(openTimeMs)}\u2013${formatClock(closeTimeMs)}`
}

/** `30 Jun 2025 23:00 UTC`. */
export const formatTime = (timeMs: number): string => `${formatDate(timeMs)} ${formatClock(timeMs)} UTC`
