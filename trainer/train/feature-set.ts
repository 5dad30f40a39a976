import type { CandleSeries } from '../../sdk/candle/candle.ts'
import { FeatureError } from '../../sdk/errors.ts'
import { compileFeatures } from '../../sdk/feature/compile-features.ts'
import { computePanel } from '../../sdk/feature/compute-features.ts'
import type { FeatureSet } from '../../sdk/feature/feature.ts'
import type { FeatureRows, FeatureTable } from '../../sdk/feature/feature-table.ts'
import { resolveFeature } from '../../sdk/feature/resolve-feature.ts'
import { fitSeasonalProfile } from '../../sdk/feature/seasonality/fit-seasonal-profile.ts'
import { rowsWithin } from '../../sdk/feature/slice-rows.ts'
import type { Timeframe } from '../../sdk/units.ts'
import type { RunConfig } from '../config/run-config.ts'
import type { Period } from './split.ts'

/**
 * A config's features with what they need: the market's symbols, and the seasonal profile, fitted on the training period
 * alone. What no feature needs is left out.
 * @throws FeatureError
 */
export function fitFeatureSet(config: RunConfig, panel: readonly FeatureRows[], train: Period): FeatureSet {
  const market = config.market ?? panel.map(rows => rows.symbol)
  let set: FeatureSet = { features: config.features }
  for (;;) {
    const missing = whatIsMissing(set, panel[0])
    if (missing === null) return set
    if (missing === 'NO_MARKET') set = { ...set, market }
    else {
      const rows = panel.filter(({ symbol }) => market.includes(symbol))
      set = { ...set, profile: fitSeasonalProfile(rows, { ...train, timeZone: config.profileTimeZone }) }
    }
  }
}

function whatIsMissing(set: FeatureSet, { symbol, timeframe }: FeatureRows): 'NO_MARKET' | 'NO_PROFILE' | null {
  try {
    compileFeatures(set, { symbols: [symbol], timeframe })
    return null
  } catch (error) {
    if (error instanceof FeatureError && (error.code === 'NO_MARKET' || error.code === 'NO_PROFILE')) return error.code
    throw error
  }
}

/** The features of one contiguous stretch, as they are served: from its own candles and the panel's of the same time. */
export function computeStretch(set: FeatureSet, series: CandleSeries, panel: readonly FeatureRows[]): FeatureTable {
  const program = compileFeatures(set, { symbols: [series.symbol], timeframe: series.timeframe })
  return computePanel(program, [series, ...panelOf(series, panel)])[0]
}

/** Candles that a window depends on: with as many before it, it has the same bits as with a longer history. */
export function rememberedCandles(
  set: FeatureSet,
  o: { readonly symbols: readonly string[]; readonly timeframe: Timeframe; readonly lookback: number },
): number {
  return compileFeatures(set, o).memoryCandles + o.lookback
}

/** The other symbols' candles over the time of a series. */
export function panelOf(series: CandleSeries, panel: readonly FeatureRows[]): FeatureRows[] {
  const [fromMs, toMs] = [series.openTimeMs[0], series.openTimeMs[series.length - 1]]
  return panel.filter(rows => rows.symbol !== series.symbol).map(rows => rowsWithin(rows, fromMs, toMs))
}

/** How a feature is computed, with its parameters: `… ; candles = 6, share = 0.05`. */
export function describeFormula(name: string): string {
  const { family, args } = resolveFeature(name)
  const values = Object.entries(args).map(([parameter, value]) =>
    typeof value === 'object' ? `${parameter} as named` : `${parameter} = ${value}`,
  )
  return values.length === 0 ? family.formula : `${family.formula}; ${values.join(', ')}`
}
