import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import type { SeasonalProfile } from '../../../../sdk/feature/feature.ts'
import { knownValue, resolveFeature } from '../../../../sdk/feature/resolve-feature.ts'
import { hourOfWeek } from '../../../../sdk/feature/seasonality/local-time.ts'
import { DAY_MS, HOUR_MS, type Timeframe, timeframeMs } from '../../../../sdk/units.ts'
import { RECIPE_PROFILE } from '../../../fixtures/feature/recipe.ts'

const known = (name: string, stepMs = HOUR_MS, profile: SeasonalProfile = RECIPE_PROFILE) =>
  knownValue({ symbol: 'BTC/USDT', stepMs, set: { features: [name], profile } }, resolveFeature(name))

/** p² of a candle, counted `steps` after a time. */
const squareAt = (timeMs: number): number => RECIPE_PROFILE.volatility[hourOfWeek(timeMs, 'America/New_York')] ** 2

/** √EWMA₂₄(p²) as its definition has it, over 100 half-lives. */
function pastAt(timeMs: number, stepMs: number): number {
  let [sum, weights] = [0, 0]
  for (let back = 0; back < 2400; back++) {
    const weight = 2 ** (-back / 24)
    sum += weight * squareAt(timeMs - back * stepMs)
    weights += weight
  }
  return Math.sqrt(sum / weights)
}

function aheadAt(timeMs: number, stepMs: number, candles: number): number {
  let sum = 0
  for (let i = 1; i <= candles; i++) sum += squareAt(timeMs + i * stepMs)
  return Math.log(Math.sqrt(sum / candles) / pastAt(timeMs, stepMs))
}

const TIMEFRAMES: readonly Timeframe[] = ['5m', '1h', '4h', '1d']
const anyTime = (stepMs: number) =>
  fc
    .integer({ min: Math.ceil(Date.UTC(2017, 0, 1) / stepMs), max: Math.floor(Date.UTC(2030, 0, 1) / stepMs) })
    .map(step => step * stepMs)

describe('the season of the coming candles', () => {
  it.each(TIMEFRAMES)(
    'is its definition’s, across changes of the clocks, in whatever order it is asked for: %s',
    timeframe => {
      const stepMs = timeframeMs(timeframe)
      const features = [1, 6, 24, 200].map(candles => ({ candles, at: known(`seasonAhead(${candles})`, stepMs) }))
      const at2 = known('seasonAt(2)', stepMs)
      fc.assert(
        fc.property(anyTime(stepMs), timeMs => {
          for (const { candles, at } of features) expect(at(timeMs)).toBeCloseTo(aheadAt(timeMs, stepMs, candles), 8)
          expect(at2(timeMs)).toBeCloseTo(
            Math.log(Math.sqrt(squareAt(timeMs + 2 * stepMs)) / pastAt(timeMs, stepMs)),
            8,
          )
        }),
        { numRuns: 60 },
      )
    },
  )

  it('has the same bits in whatever order it is asked for', () => {
    fc.assert(
      fc.property(fc.array(anyTime(HOUR_MS), { minLength: 2, maxLength: 30 }), times => {
        const forward = known('seasonAhead(24)')
        const profile = { ...RECIPE_PROFILE } // another profile: nothing has been asked for yet
        const backward = known('seasonAhead(24)', HOUR_MS, profile)
        const values = times.map(forward)
        expect([...times].reverse().map(backward).reverse()).toEqual(values)
      }),
      { numRuns: 50 },
    )
  })

  it('is 0 where all hours are alike', () => {
    const alike = { ...RECIPE_PROFILE, volatility: Array.from({ length: 168 }, () => 1) }
    for (const name of ['seasonAhead(6)', 'seasonAt(0)']) {
      expect(known(name, HOUR_MS, alike)(Date.UTC(2024, 0, 5))).toBeCloseTo(0, 12)
    }
  })

  it('is there for weekly candles, which do not open at whole weeks since 1970', () => {
    const at = known('seasonAhead(2)', 7 * DAY_MS)
    const monday = Date.UTC(2024, 0, 1)
    expect(at(monday)).toBeCloseTo(aheadAt(monday, 7 * DAY_MS, 2), 8)
  })
})

describe('a profile', () => {
  it.each([
    [
      'an hour without volatility',
      { volatility: RECIPE_PROFILE.volatility.with(7, 0) },
      /volatility has 0 at hour 7; expected 168 numbers above 0/,
    ],
    [
      'an hour too few',
      { volume: RECIPE_PROFILE.volume.slice(1) },
      /volume has 167 values; expected 168 finite numbers/,
    ],
    ['a volume that is no number', { volume: RECIPE_PROFILE.volume.with(3, Number.NaN) }, /volume has NaN at hour 3/],
  ])('with %s is refused', (_, change, message) => {
    expect(() => known('seasonAt(0)', HOUR_MS, { ...RECIPE_PROFILE, ...change })).toThrow(message)
  })

  it('is asked for by every seasonal feature', () => {
    const noProfile = { symbol: 'BTC/USDT', stepMs: HOUR_MS, set: { features: ['seasonAt(0)'] } }
    expect(() => knownValue(noProfile, resolveFeature('seasonAt(0)'))).toThrow(/fitSeasonalProfile/)
    const series = flatRows(300)
    for (const name of ['deseasonalisedVolatility(3,0.1)', 'seasonalVolumeSurprise(1)']) {
      expect(() => computeFeatures(series, [name])).toThrow(expect.objectContaining({ code: 'NO_PROFILE' }))
    }
  })
})

/** Candles of a market that stands still and trades the same volume. */
function flatRows(length: number) {
  const price = new Float64Array(length).fill(100)
  return {
    symbol: 'BTC/USDT',
    timeframe: '1h' as const,
    length,
    openTimeMs: Float64Array.from({ length }, (_, t) => Date.UTC(2024, 0, 1) + t * HOUR_MS),
    ...{ open: price, high: price, low: price, close: price, volume: new Float64Array(length).fill(5) },
  }
}

describe('deseasonalised features', () => {
  it('divide each candle by what is usual at its hour', () => {
    const flat = flatRows(400)
    const close = flat.close.map((_, t) => 100 * (1 + (t % 2) * 1e-3 * (1 + (t % 5))))
    const series = { ...flat, close, high: close, low: close, open: close }
    const set = (profile: SeasonalProfile) => ({ features: ['deseasonalisedVolatility(1,0)'], profile })
    const withSeason = computeFeatures(series, set(RECIPE_PROFILE)).observed[0]
    const without = computeFeatures(series, ['realisedVolatility(1,0)']).observed[0]
    for (let t = 200; t < 400; t++) {
      const p = Math.sqrt(squareAt(series.openTimeMs[t]))
      expect(withSeason[t]).toBeCloseTo(without[t] - Math.log(p), 10)
    }
  })
})
