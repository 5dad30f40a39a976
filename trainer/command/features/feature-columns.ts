import type { CompiledFeature } from '../../../sdk/feature/compile-features.ts'
import type { RunConfig } from '../../config/run-config.ts'
import { computeStretch, fitFeatureSet } from '../../train/feature-set.ts'
import { periodOf, type Split, splitPeriods } from '../../train/split.ts'
import { loadPanel } from '../stage/load-panel.ts'
import { collectCandles } from '../stage/obtain-candles.ts'
import type { Terminal } from '../terminal.ts'

/** A feature with its values; NaN where it has none. */
export interface FeatureColumn extends Pick<CompiledFeature, 'name' | 'kind' | 'unit' | 'warmupCandles'> {
  readonly values: Float64Array
}

export interface SymbolColumns {
  readonly symbol: string
  readonly openTimeMs: Float64Array
  readonly columns: readonly FeatureColumn[]
}

export interface FeatureColumns {
  readonly exchange: string
  readonly simulated: boolean
  readonly split: Split
  readonly symbols: readonly SymbolColumns[]
}

/** The features of a config on the data that it names, by symbol; longer gaps stay, and are bridged as features do. */
export async function loadFeatureColumns(asked: RunConfig, terminal: Terminal): Promise<FeatureColumns> {
  const { files, simulated } = await collectCandles(asked, terminal)
  // the data decide which symbols there are, as in a run
  const config = { ...asked, data: { ...asked.data, symbols: files.map(file => file.symbol) } }
  const panel = await loadPanel(config, files)
  const split = splitPeriods(config.split, periodOf(panel.own))
  const set = fitFeatureSet(config, panel.market, split.train)
  const symbols = panel.own.map(rows => {
    const table = computeStretch(set, rows, panel.market)
    const { symbol, openTimeMs } = table.series
    const observed = table.observedFeatures.map((feature, i) => ({ ...feature, values: table.observed[i] }))
    const known = table.knownFeatures.map(feature => ({ ...feature, values: openTimeMs.map(feature.at!) }))
    return { symbol, openTimeMs, columns: [...observed, ...known] }
  })
  return { exchange: [...new Set(files.map(file => file.exchange))].join(', '), simulated, split, symbols }
}
