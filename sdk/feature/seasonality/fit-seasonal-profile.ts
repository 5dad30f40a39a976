import { FeatureError } from '../../errors.ts'
import { ln } from '../../portable-math.ts'
import { formatTimeMs } from '../../units.ts'
import { computeFeatures } from '../compute-features.ts'
import type { SeasonalProfile } from '../feature.ts'
import type { FeatureRows } from '../feature-table.ts'
import { hourOfWeek } from './local-time.ts'
import { HOURS_PER_WEEK } from './season.ts'

export interface FitSeasonalProfileOptions {
  /** Candles that open from here on, UTC ms: training data alone. Earlier ones only warm up. */
  readonly startTimeMs: number
  /** … and before this. */
  readonly endTimeMs: number
  /** Whose hours of the week are counted; default: New York's, whose market moves the others. */
  readonly timeZone?: SeasonalProfile['timeZone']
}

/** One crash must not make an hour look wild for ever. */
const CLIP = 6

/** An hour at which little was seen must not read as one at which nothing ever moves. */
const LEAST_VOLATILITY = 0.05

/** Against a profile that knows no season, this is all that the volume has beyond the week's mean. */
const SURPRISE = 'seasonalVolumeSurprise(1)'
const NO_SEASON: SeasonalProfile = {
  timeZone: 'UTC',
  volatility: new Array<number>(HOURS_PER_WEEK).fill(1),
  volume: new Array<number>(HOURS_PER_WEEK).fill(0),
}

const HOURS_PER_DAY = 24
const FIRST_HOUR_OF_WEEKEND = 5 * HOURS_PER_DAY

/**
 * Fits the usual course of volatility and volume over the hours of the week: the mean |return| in units of the ex-ante
 * volatility before it, and the mean of `ln(1 + volume)` less that of the week before, of all symbols together. Half of each
 * hour's value is that of the same hour of all working days, or of both weekend days: a week has 168 hours and a year only 52
 * of each. Hours at which no candle opens, as on coarse timeframes, are that value, or the mean hour's.
 * @throws FeatureError `NO_CANDLES` where the period holds none; whatever `computeFeatures` throws
 * @see Andersen & Bollerslev (1997), Intraday Periodicity and Volatility Persistence in Financial Markets
 */
export function fitSeasonalProfile(panel: readonly FeatureRows[], o: FitSeasonalProfileOptions): SeasonalProfile {
  const { timeZone = 'America/New_York' } = o
  const moves = new HourlyMeans()
  const volumes = new HourlyMeans()
  for (const rows of panel) {
    const { volatility, observed } = computeFeatures(rows, { features: [SURPRISE], profile: NO_SEASON })
    const { openTimeMs, close, length } = rows
    for (let t = 1; t < length; t++) {
      if (openTimeMs[t] < o.startTimeMs || openTimeMs[t] >= o.endTimeMs) continue
      const hour = hourOfWeek(openTimeMs[t], timeZone)
      moves.add(hour, Math.min(Math.abs(ln(close[t] / close[t - 1])) / volatility[t - 1], CLIP))
      volumes.add(hour, observed[0][t])
    }
  }
  if (moves.isEmpty || volumes.isEmpty) {
    throw new FeatureError(
      'NO_CANDLES',
      `No seasonal profile can be fitted: from ${formatTimeMs(o.startTimeMs)} to ${formatTimeMs(o.endTimeMs)} none of ${panel.map(rows => rows.symbol).join(', ') || 'no symbols'} has a candle after its warm-up. Give a longer period, or earlier candles.`,
      { startTimeMs: o.startTimeMs, endTimeMs: o.endTimeMs, symbols: panel.map(rows => rows.symbol) },
    )
  }
  const volatility = moves.profile()
  const mean = volatility.reduce((sum, value) => sum + value, 0) / HOURS_PER_WEEK
  return {
    timeZone,
    volatility: volatility.map(value => (mean === 0 ? 1 : Math.max(value / mean, LEAST_VOLATILITY))),
    volume: volumes.profile(),
  }
}

/** Sums by hour of the week. */
class HourlyMeans {
  readonly #sums = new Float64Array(HOURS_PER_WEEK)
  readonly #counts = new Int32Array(HOURS_PER_WEEK)

  /** Takes a value in; a missing one is none. */
  add(hour: number, value: number): void {
    if (Number.isNaN(value)) return
    this.#sums[hour] += value
    this.#counts[hour]++
  }

  get isEmpty(): boolean {
    return this.#counts.every(count => count === 0)
  }

  /** Half the hour's own mean, half that of the same hour of the day on days alike. */
  profile(): number[] {
    const all = this.#meanOf(() => true)
    return Array.from({ length: HOURS_PER_WEEK }, (_, hour) => {
      const alike = this.#meanOf(other => isWeekend(other) === isWeekend(hour) && (other - hour) % HOURS_PER_DAY === 0)
      const own = this.#meanOf(other => other === hour)
      return 0.5 * (alike ?? all ?? 0) + 0.5 * (own ?? alike ?? all ?? 0)
    })
  }

  #meanOf(isIncluded: (hour: number) => boolean): number | null {
    let sum = 0
    let count = 0
    for (let hour = 0; hour < HOURS_PER_WEEK; hour++) {
      if (!isIncluded(hour)) continue
      sum += this.#sums[hour]
      count += this.#counts[hour]
    }
    return count === 0 ? null : sum / count
  }
}

const isWeekend = (hour: number): boolean => hour >= FIRST_HOUR_OF_WEEKEND
