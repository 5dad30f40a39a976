import type { CandleSeries } from '../candle/candle.ts'
import { FeatureError } from '../errors.ts'
import { formatTimeMs } from '../units.ts'
import type { Feature, FeatureTable, KnownFeature, ObservedFeature, SharedSeries } from './feature.ts'
import { findFeature } from './registry.ts'
import { computeSharedSeries, MEMORY_CANDLES } from './shared-series.ts'

/**
 * Computes features over a whole series; trainer, worker and backtest all call this. A value at t is a function of the
 * candles `t − warmupCandles … t` alone: neither what comes later nor what came earlier changes a bit of it.
 *
 * @param names Registered names, observed and known in any order; the table keeps their order within each kind.
 * @throws FeatureError `UNKNOWN_FEATURE`, `DUPLICATE_FEATURE`, `NON_FINITE_FEATURE`
 */
export function computeFeatures(series: CandleSeries, names: readonly string[]): FeatureTable {
  return computeFeatureTable(series, names.map(findFeature))
}

/** The same for features that are not registered: a trial one, or a planted leak in a test. */
export function computeFeatureTable(series: CandleSeries, features: readonly Feature[]): FeatureTable {
  const names = features.map(feature => feature.name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    throw new FeatureError('DUPLICATE_FEATURE', `The feature "${twice}" is asked for twice; name each one once.`, {
      feature: twice,
    })
  }
  const shared = computeSharedSeries(series)
  const observed = features.filter((feature): feature is ObservedFeature => feature.kind === 'observed')
  const known = features.filter((feature): feature is KnownFeature => feature.kind === 'known')
  return {
    series,
    shared,
    observed: observed.map(feature => computeColumn(feature, series, shared)),
    observedNames: observed.map(feature => feature.name),
    knownNames: known.map(feature => feature.name),
    warmupCandles: observed.reduce((longest, feature) => Math.max(longest, feature.warmupCandles), MEMORY_CANDLES),
  }
}

function computeColumn(feature: ObservedFeature, series: CandleSeries, shared: SharedSeries): Float64Array {
  const out = new Float64Array(series.length).fill(Number.NaN)
  feature.compute(series, shared, out)
  for (let t = feature.warmupCandles; t < out.length; t++) {
    if (!Number.isFinite(out[t])) {
      throw new FeatureError(
        'NON_FINITE_FEATURE',
        `${series.symbol} ${series.timeframe} ${formatTimeMs(series.openTimeMs[t])}: feature "${feature.name}" is ${out[t]}, not a finite number. Look at the candles around that time.`,
        { symbol: series.symbol, openTimeMs: series.openTimeMs[t], index: t, feature: feature.name, value: out[t] },
      )
    }
  }
  return out
}
