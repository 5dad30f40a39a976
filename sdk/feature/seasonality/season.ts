import { FeatureError } from '../../errors.ts'
import { halfLifeDecay } from '../../portable-math.ts'
import type { FeatureContext, SeasonalProfile } from '../feature.ts'
import { profileOf } from '../graph/scope.ts'
import { MEMORY_HALF_LIVES } from '../op/decaying-mean.ts'
import { VOLATILITY_HALF_LIFE } from '../shared/volatility.ts'
import { byTime } from './by-time.ts'
import { hourOfWeek } from './local-time.ts'

export const HOURS_PER_WEEK = 168

/** A profile as functions of a candle's opening time. */
export interface Season {
  /** Usual volatility of the candle, relative to the mean hour's. */
  readonly volatility: (openTimeMs: number) => number
  /** Usual `ln(1 + volume)` of the candle against the week's mean. */
  readonly volume: (openTimeMs: number) => number
  /**
   * What the season alone makes of the ex-ante volatility: √EWMA of the usual variance over the candles to this one, half-life
   * as of e, on the clock: a missing candle counts, since its hour has passed.
   */
  readonly past: (openTimeMs: number) => number
}

const seasons = new WeakMap<SeasonalProfile, Map<number, Season>>()

/** The season of a feature set's profile; whoever asks for the same one shares its values. @throws FeatureError `NO_PROFILE`, `BAD_PROFILE` */
export function seasonOf(context: FeatureContext): Season {
  const profile = profileOf(context)
  const { stepMs } = context
  const byStep = seasons.get(profile) ?? new Map<number, Season>()
  seasons.set(profile, byStep)
  const season = byStep.get(stepMs) ?? makeSeason(profile, stepMs)
  byStep.set(stepMs, season)
  return season
}

function makeSeason(profile: SeasonalProfile, stepMs: number): Season {
  checkProfile(profile)
  const { timeZone } = profile
  const usual = Float64Array.from(profile.volatility)
  const usualVolume = Float64Array.from(profile.volume)
  const volatility = (openTimeMs: number): number => usual[hourOfWeek(openTimeMs, timeZone)]
  const volume = (openTimeMs: number): number => usualVolume[hourOfWeek(openTimeMs, timeZone)]
  const decay = halfLifeDecay(VOLATILITY_HALF_LIFE)

  const past = byTime(stepMs, (firstMs, out) => {
    let sum = 0
    let weights = 0
    for (let back = MEMORY_HALF_LIVES * VOLATILITY_HALF_LIFE; back >= 0; back--) {
      const p = volatility(firstMs - back * stepMs)
      sum = decay * sum + p * p
      weights = decay * weights + 1
    }
    let mean = sum / weights
    out[0] = Math.sqrt(mean)
    for (let i = 1; i < out.length; i++) {
      const p = volatility(firstMs + i * stepMs)
      mean = decay * mean + (1 - decay) * p * p
      out[i] = Math.sqrt(mean)
    }
  })
  return { volatility, volume, past }
}

function checkProfile({ volatility, volume }: SeasonalProfile): void {
  const check = (field: 'volatility' | 'volume', values: readonly number[], least: number, expected: string): void => {
    const bad = values.findIndex(value => !(value > least && value < Number.POSITIVE_INFINITY))
    if (values.length === HOURS_PER_WEEK && bad < 0) return
    const found = bad < 0 ? `${values.length} values` : `${values[bad]} at hour ${bad}`
    throw new FeatureError(
      'BAD_PROFILE',
      `The seasonal profile's ${field} has ${found}; expected ${HOURS_PER_WEEK} ${expected}, one per hour of the week. Fit it anew (fitSeasonalProfile).`,
      { field, length: values.length, hour: bad },
    )
  }
  check('volatility', volatility, 0, 'numbers above 0')
  check('volume', volume, Number.NEGATIVE_INFINITY, 'finite numbers')
}
