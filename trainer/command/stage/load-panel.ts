import { compileFeatures } from '../../../sdk/feature/compile-features.ts'
import type { RunConfig } from '../../config/run-config.ts'
import type { CandleFile } from '../../data/candle-file.ts'
import { fitFeatureSet } from '../../train/feature-set.ts'
import { type RunPanel, toPanel } from '../../train/panel.ts'
import { periodOf, splitPeriods } from '../../train/split.ts'

/**
 * Every symbol's candles, with the columns that the config's features need besides them, from the store and the macro files.
 * @throws FeatureError `MISSING_INPUT`
 */
export async function loadPanel(config: RunConfig, files: readonly CandleFile[]): Promise<RunPanel> {
  const panel = toPanel(config, files)
  if (panel.own.length === 0) return panel
  const { store, exchange, macro, timeframe } = config.data
  const set = fitFeatureSet(config, panel.market, splitPeriods(config.split, periodOf(panel.own)).train)
  const program = compileFeatures(set, { symbols: panel.own.map(rows => rows.symbol), timeframe })
  if (program.observed.flat().every(({ inputs }) => inputs.length === 0)) return panel
  const { openParquetStore } = await import('../../data/store/parquet-store.ts')
  const { loadFeatureInputs } = await import('../../data/feature-inputs/load-feature-inputs.ts')
  const market = await openParquetStore(store)
  try {
    const sources = { store: { market, exchange }, ...(macro === undefined ? {} : { macroFolder: macro }) }
    return {
      own: await loadFeatureInputs(program, panel.own, sources),
      market: await loadFeatureInputs(program, panel.market, sources),
    }
  } finally {
    await market.close()
  }
}
