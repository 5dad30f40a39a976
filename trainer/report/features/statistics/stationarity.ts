import { unitRootTest } from './unit-root.ts'

/** Critical value at 5 %. @see Kwiatkowski, Phillips, Schmidt and Shin (1992), J. Econometrics 54, table 1 */
const KPSS_CRITICAL = 0.463

/** Fewer values say nothing about a lasting level. */
const LEAST_VALUES = 100

export interface Stationarity {
  /** Augmented Dickey–Fuller statistic with a constant; a unit root is refused where it is below `adfCritical`. */
  readonly adf: number
  /** At 5 %. */
  readonly adfCritical: number
  /** A constant level is refused where it is above `KPSS_CRITICAL`. */
  readonly kpss: number
  readonly verdict: StationarityVerdict
}

/**
 * Stationary: no unit root, and the level is constant. Shifting: no unit root, but a level that wanders or long memory. Unit root: it
 * cannot be refused, a constant level can. Undecided: neither can.
 */
export type StationarityVerdict = 'stationary' | 'shifting' | 'unit root' | 'undecided'

/** Lags to allow for. @see Schwert (1989), Tests for Unit Roots: A Monte Carlo Investigation, J. Bus. Econ. Stat. 7 */
export const schwertLags = (n: number): number => Math.floor(12 * (n / 100) ** 0.25)

/**
 * Values in order of time, none missing; null where there are too few, or where they repeat so exactly that nothing is random.
 * @param covariances autocovariances from lag 0, at least up to `schwertLags`
 */
export function testStationarity(values: Float64Array, covariances: ArrayLike<number>): Stationarity | null {
  if (values.length < LEAST_VALUES || !(covariances[0] > 0)) return null
  const lags = schwertLags(values.length)
  const unitRoot = unitRootTest(values, lags)
  if (unitRoot === null) return null
  const kpss = levelStatistic(values, covariances, lags)
  const refusesUnitRoot = unitRoot.statistic < unitRoot.critical
  const refusesLevel = kpss > KPSS_CRITICAL
  return {
    adf: unitRoot.statistic,
    adfCritical: unitRoot.critical,
    kpss,
    verdict: refusesUnitRoot ? (refusesLevel ? 'shifting' : 'stationary') : refusesLevel ? 'unit root' : 'undecided',
  }
}

/**
 * The KPSS statistic of a constant level: squared partial sums over n², by the long-run variance with Bartlett's weights.
 * @see Kwiatkowski, Phillips, Schmidt and Shin (1992), Testing the Null Hypothesis of Stationarity, J. Econometrics 54
 */
export function levelStatistic(values: ArrayLike<number>, covariances: ArrayLike<number>, lags: number): number {
  const n = values.length
  let mean = 0
  for (let t = 0; t < n; t++) mean += values[t] / n
  let partial = 0
  let squares = 0
  for (let t = 0; t < n; t++) {
    partial += values[t] - mean
    squares += partial * partial
  }
  let longRun = covariances[0]
  for (let lag = 1; lag <= lags; lag++) longRun += 2 * (1 - lag / (lags + 1)) * covariances[lag]
  return squares / (n * n) / longRun
}
