import { HOUR_MS } from '../../units.ts'
import type { Finding } from './finding.ts'
import { makeFinding } from './make-finding.ts'
import type { PreparedCandles } from './prepared-candles.ts'
import { medianOf } from './robust-windows.ts'

/** Longer candles do not show what happens at the full hour. */
const LONGEST_MS = 5 * 60_000

/** Whole hours needed: with fewer the medians say little. */
const MIN_HOURS = 100

/**
 * Standard deviations of a fair coin. Real files stamped at the open give +4.5 to +13.5, the same files stamped one candle
 * late −10 to −24, the one that is stamped at the close (FTX) −11.1.
 */
const MIN_DEVIATIONS = 4

/**
 * Times that are those of the close. Bots trade at the full hour, so that the first candle of an hour has the most volume
 * (measured on all 1m and 5m files). Stamped at its close, that candle stands second in the hour, and the last one of the
 * hour before stands first. Two things must hold over the whole hours of the series:
 * - the candle in the second place has more volume than the one in the first: sign test, z = (n₁ − n₀) / √n ≥ 4;
 * - the second place has the highest median of volume ÷ the hour's median.
 * Only for candles up to 5 minutes and at least 100 whole hours; otherwise this says nothing.
 */
export function findCloseStamps(candles: PreparedCandles): Finding[] {
  const { series, stepMs } = candles
  if (stepMs > LONGEST_MS) return []
  const hours = wholeHours(candles)
  if (hours.length < MIN_HOURS) return []
  const wins = hours.filter(volumes => volumes[1] > volumes[0]).length
  const losses = hours.filter(volumes => volumes[1] < volumes[0]).length
  const deviations = (wins - losses) / Math.sqrt(Math.max(1, wins + losses))
  const usual = medianByPlace(hours)
  const busiest = usual.indexOf(Math.max(...usual))
  if (deviations < MIN_DEVIATIONS || busiest !== 1) return []
  return [
    makeFinding('closeStamped', candles, {
      range: { fromMs: series.openTimeMs[0], toMs: series.openTimeMs[series.length - 1] + stepMs },
      rows: series.length,
      text: `The times seem to be those of the close: the volume peaks one candle after the full hour (${usual[1].toFixed(2)} times the hour's median; more than the candle before in ${wins.toLocaleString('en-US')} of ${hours.length.toLocaleString('en-US')} hours). Subtract ${stepMs.toLocaleString('en-US')} ms from every time.`,
      details: { hours: hours.length, wins, deviations, volumeByPlace: usual },
    }),
  ]
}

/** Volumes by place in the hour, of hours that have all their candles and some volume. */
function wholeHours({ series, stepMs }: PreparedCandles): Float64Array[] {
  const places = HOUR_MS / stepMs
  const { openTimeMs, volume } = series
  const hours: Float64Array[] = []
  for (let row = 0; row + places <= series.length; ) {
    const last = row + places - 1
    const isWhole = openTimeMs[row] % HOUR_MS === 0 && openTimeMs[last] - openTimeMs[row] === HOUR_MS - stepMs
    if (isWhole) hours.push(volume.subarray(row, last + 1))
    row += isWhole ? places : 1
  }
  return hours
}

function medianByPlace(hours: readonly Float64Array[]): number[] {
  const shares = hours.flatMap(volumes => {
    const median = medianOf(volumes.slice().sort())
    return median > 0 ? [volumes.map(volume => volume / median)] : []
  })
  return Array.from(hours[0].keys(), place => medianOf(Float64Array.from(shares, share => share[place]).sort()))
}
