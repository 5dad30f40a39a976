import { fillShortGaps } from '../../../sdk/candle/fill-short-gaps.ts'
import { validateRows } from '../../../sdk/candle/validate-rows.ts'
import { type CompiledFeature, compileFeatures, type FeatureProgram } from '../../../sdk/feature/compile-features.ts'
import { computePanel } from '../../../sdk/feature/compute-features.ts'
import type { FeatureRows } from '../../../sdk/feature/feature-table.ts'
import { timeframeMs } from '../../../sdk/units.ts'
import type { RunConfig } from '../../config/run-config.ts'
import { fitFeatureSet } from '../../train/feature-set.ts'
import { type Split, splitPeriods } from '../../train/split.ts'
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

/** The features of a config on the candles that it names, by symbol; longer gaps stay, and are bridged as features do. */
export async function loadFeatureColumns(config: RunConfig, terminal: Terminal): Promise<FeatureColumns> {
  const { timeframe, maxGapCandles } = config.data
  const { files, simulated } = await collectCandles(config, terminal)
  const panel = files.map(({ symbol, candles }) =>
    validateRows(fillShortGaps(candles, { timeframe, maxGapCandles }).candles, { symbol, timeframe }),
  )
  const split = splitPeriods(config.split, {
    startTimeMs: Math.min(...panel.map(rows => rows.openTimeMs[0])),
    endTimeMs: Math.max(...panel.map(rows => rows.openTimeMs[rows.length - 1])) + timeframeMs(timeframe),
  })
  const set = fitFeatureSet(config, panel, split.train)
  const program = compileFeatures(set, { symbols: panel.map(rows => rows.symbol), timeframe })
  const symbols = computePanel(program, await withInputs(program, panel, config)).map(table => {
    const { symbol, openTimeMs } = table.series
    const observed = table.observedFeatures.map((feature, i) => ({ ...feature, values: table.observed[i] }))
    const known = table.knownFeatures.map(feature => ({ ...feature, values: openTimeMs.map(feature.at!) }))
    return { symbol, openTimeMs, columns: [...observed, ...known] }
  })
  return { exchange: [...new Set(files.map(file => file.exchange))].join(', '), simulated, split, symbols }
}

/** What features need besides candles, from the store. @throws FeatureError `MISSING_INPUT` */
async function withInputs(
  program: FeatureProgram,
  panel: readonly FeatureRows[],
  { data }: RunConfig,
): Promise<readonly FeatureRows[]> {
  if (program.observed.flat().every(({ inputs }) => inputs.length === 0)) return panel
  const { openParquetStore } = await import('../../data/store/parquet-store.ts')
  const { loadFeatureInputs } = await import('../../data/feature-inputs/load-feature-inputs.ts')
  const market = await openParquetStore(data.store)
  try {
    return await loadFeatureInputs(program, panel, { store: { market, exchange: data.exchange } })
  } finally {
    await market.close()
  }
}
