import { describe, expect, it } from 'vitest'
import type { FeatureRows } from '../../../../sdk/feature/feature-table.ts'
import { fitSeasonalProfile } from '../../../../sdk/feature/seasonality/fit-seasonal-profile.ts'
import { hourOfWeek } from '../../../../sdk/feature/seasonality/local-time.ts'
import { createRandom } from '../../../../sdk/random.ts'
import { type Timeframe, timeframeMs } from '../../../../sdk/units.ts'

const START_MS = Date.UTC(2022, 0, 3)

/** Candles whose moves are as large, and whose volume is as great, as the hour of the week says. */
function seasonalRows(
  length: number,
  volatilityAt: (hourOfWeek: number) => number,
  o: { readonly timeframe?: Timeframe; readonly symbol?: string } = {},
): FeatureRows {
  const { timeframe = '1h', symbol = 'BTC/USDT' } = o
  const random = createRandom(7, symbol)
  const openTimeMs = Float64Array.from({ length }, (_, t) => START_MS + t * timeframeMs(timeframe))
  const close = new Float64Array(length)
  const volume = new Float64Array(length)
  let price = 100
  for (let t = 0; t < length; t++) {
    const p = volatilityAt(hourOfWeek(openTimeMs[t], 'America/New_York'))
    price *= Math.exp(0.005 * p * random.normal())
    close[t] = price
    volume[t] = 1000 * p
  }
  return { symbol, timeframe, length, openTimeMs, open: close, high: close, low: close, close, volume }
}

const period = (hours: number) => ({ startTimeMs: START_MS, endTimeMs: START_MS + hours * 3_600_000 })
const HOURS = 2 * 8760

describe('the fitted profile', () => {
  it('finds the season that was planted, in the hours of the market it belongs to', () => {
    const rows = seasonalRows(HOURS, hour => (hour % 24 === 9 ? 3 : hour >= 120 ? 0.5 : 1))
    const { timeZone, volatility, volume } = fitSeasonalProfile([rows], period(HOURS))
    expect(timeZone).toBe('America/New_York')
    expect(volatility.reduce((sum, value) => sum + value, 0) / 168).toBeCloseTo(1, 6)
    for (const day of [0, 1, 2, 3, 4]) {
      expect(volatility[24 * day + 9] / volatility[24 * day + 10]).toBeGreaterThan(2.2)
      expect(volume[24 * day + 9] - volume[24 * day + 10]).toBeCloseTo(Math.log(3), 2)
    }
    expect(volatility[130] / volatility[10]).toBeLessThan(0.7)
  })

  it('draws half of an hour’s value from the same hour of days alike', () => {
    // Only Monday 9:00 is busy: the four other working days get part of it, the weekend none
    const rows = seasonalRows(HOURS, hour => (hour === 9 ? 5 : 1))
    const { volume } = fitSeasonalProfile([rows], period(HOURS))
    const excess = Math.log(5)
    expect(volume[9] - volume[10]).toBeCloseTo(excess * (0.5 + 0.5 / 5), 2)
    expect(volume[24 + 9] - volume[24 + 10]).toBeCloseTo((excess * 0.5) / 5, 2)
    expect(volume[120 + 9] - volume[120 + 10]).toBeCloseTo(0, 2)
  })

  it('knows nothing of candles after its period', () => {
    const rows = seasonalRows(HOURS, hour => 1 + (hour % 24) / 24)
    const close = rows.close.map((price, t) => (t < 5000 ? price : price * (1 + (t % 7))))
    const volume = rows.volume.map((value, t) => (t < 5000 ? value : 0))
    const changed = { ...rows, close, open: close, high: close, low: close, volume }
    expect(fitSeasonalProfile([changed], period(5000))).toEqual(fitSeasonalProfile([rows], period(5000)))
  })

  it('is fitted on minutes too, of which a week has more than a window may name', () => {
    const minutes = 3 * 7 * 24 * 60
    const rows = seasonalRows(minutes, hour => (hour % 24 === 9 ? 3 : 1), { timeframe: '1m' })
    const { volatility, volume } = fitSeasonalProfile([rows], period(minutes / 60))
    expect(volatility[33] / volatility[34]).toBeGreaterThan(2.2)
    expect(volume[33] - volume[34]).toBeCloseTo(Math.log(3), 2)
  })

  it('takes all symbols together', () => {
    const [a, b] = ['A/USDT', 'B/USDT'].map((symbol, i) =>
      seasonalRows(HOURS, hour => (hour % 24 === 9 ? 3 - 2 * i : 1), { symbol }),
    )
    const ratio = ({ volatility }: { readonly volatility: readonly number[] }): number => volatility[9] / volatility[10]
    const [onlyA, onlyB, both] = [[a], [b], [a, b]].map(panel => ratio(fitSeasonalProfile(panel, period(HOURS))))
    expect(both).toBeGreaterThan(onlyB + 0.5)
    expect(both).toBeLessThan(onlyA - 0.5)
  })

  it('gives hours at which no candle opens their neighbours’ or the mean value', () => {
    const rows = seasonalRows(2000, () => 1, { timeframe: '1d' })
    const { volatility, volume } = fitSeasonalProfile([rows], period(2000 * 24))
    expect(volatility).toHaveLength(168)
    for (const value of volatility) expect(value).toBeGreaterThan(0.5)
    for (const value of volume) expect(value).toBeCloseTo(0, 9)
  })

  it('has every hour alike in a market that stands still', () => {
    const rows = seasonalRows(2000, () => 0)
    const { volatility, volume } = fitSeasonalProfile([rows], period(2000))
    expect(new Set(volatility)).toEqual(new Set([1]))
    expect(new Set(volume)).toEqual(new Set([0]))
  })

  it('never has an hour at which nothing ever moves', () => {
    const rows = seasonalRows(4000, hour => (hour % 24 === 3 ? 0 : 1))
    const { volatility } = fitSeasonalProfile([rows], period(4000))
    expect(Math.min(...volatility)).toBe(0.05)
  })

  it('is refused for a period without candles, which are named', () => {
    const rows = seasonalRows(150, () => 1)
    expect(() => fitSeasonalProfile([rows], period(150))).toThrow(
      expect.objectContaining({ code: 'NO_CANDLES', message: expect.stringMatching(/2022-01-03.*BTC\/USDT.*warm-up/) }),
    )
  })
})
