import { Command } from 'commander'
import { FEATURES, findFeature } from '../../sdk/feature/registry.ts'
import { loadConfig } from '../config/load-config.ts'
import { addConfigOptions, type ConfigFlags, configOverrides } from './options.ts'
import { createTerminal, type Terminal } from './terminal.ts'

export function featuresCommand(): Command {
  return addConfigOptions(new Command('features'))
    .description('the features of a config with their distribution on its data, or (--list) all there are')
    .option('-l, --list', 'list every feature of the registry with its formula')
    .action(async (flags: ConfigFlags & { readonly list?: true }) => {
      const terminal = createTerminal()
      if (flags.list) listFeatures(terminal)
      else await describeFeatures(flags, terminal)
    })
}

function listFeatures(terminal: Terminal): void {
  for (const { name, kind, unit, formula } of FEATURES) {
    terminal.line(`${name.padEnd(22)} ${kind.padEnd(9)} ${formula}  [${unit}]`)
  }
}

async function describeFeatures(flags: ConfigFlags, terminal: Terminal): Promise<void> {
  const { computeFeatures } = await import('../../sdk/feature/compute-features.ts')
  const { fillShortGaps } = await import('../../sdk/candle/fill-short-gaps.ts')
  const { splitAtGaps } = await import('../../sdk/candle/split-at-gaps.ts')
  const { validateCandles } = await import('../../sdk/candle/validate-candles.ts')
  const { collectCandles } = await import('./stage/obtain-candles.ts')

  const config = await loadConfig(flags.config, configOverrides(flags))
  const { files } = await collectCandles(config, terminal)
  const { timeframe, maxGapCandles } = config.data
  for (const file of files) {
    const { candles } = fillShortGaps(file.candles, { timeframe, maxGapCandles })
    const tables = splitAtGaps(candles, timeframe).map(piece =>
      computeFeatures(validateCandles(piece, { symbol: file.symbol, timeframe }), config.features),
    )
    terminal.stage(file.symbol, 'feature                  warm-up      mean    st.dev.       min       max')
    tables[0].observedNames.forEach((name, i) => {
      const values = tables.flatMap(table => Array.from(table.observed[i])).filter(value => !Number.isNaN(value))
      const feature = findFeature(name)
      const warmup = feature.kind === 'observed' ? feature.warmupCandles : 0
      const figures = summarise(values).map(value => value.toFixed(3).padStart(9))
      terminal.line(`${name.padEnd(24)} ${String(warmup).padStart(7)} ${figures.join(' ')}`)
    })
  }
}

/** Mean, standard deviation, least and largest value. */
function summarise(values: readonly number[]): number[] {
  let sum = 0
  let squares = 0
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    sum += value
    squares += value * value
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const mean = sum / values.length
  return [mean, Math.sqrt(Math.max(0, squares / values.length - mean * mean)), low, high]
}
