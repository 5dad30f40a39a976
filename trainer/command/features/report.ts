import type { Command } from 'commander'
import { type ConfigFlags, configOverrides } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import type { FeatureMode } from './mode.ts'

const DEFAULT_OUT = 'features.html'

interface ReportFlags extends ConfigFlags {
  readonly out?: string
}

/** `--report`. */
export function addReport(command: Command): FeatureMode {
  command.option(
    '--report',
    `write a page on the features of --config: distribution, stationarity, correlation, drift (${DEFAULT_OUT})`,
  )
  return { flag: 'report', run: terminal => writeReport(command.opts<ReportFlags>(), terminal) }
}

async function writeReport({ out = DEFAULT_OUT, ...flags }: ReportFlags, terminal: Terminal): Promise<void> {
  const { loadConfig } = await import('../../config/load-config.ts')
  const { loadFeatureColumns } = await import('./feature-columns.ts')
  const { analyseFeatures } = await import('../../report/features/analyse-features.ts')
  const { findFindings } = await import('../../report/features/findings.ts')
  const { renderFeatureReport } = await import('../../report/features/render-features.ts')
  const { writeFileAtomically } = await import('../../registry/write-file-atomically.ts')

  const config = await loadConfig(flags.config, configOverrides(flags))
  const { symbols, split, exchange, simulated } = await loadFeatureColumns(config, terminal)
  terminal.stage('analyse', `${config.features.length} features of ${symbols.length} symbols`)
  const bar = terminal.progress()
  const analysis = analyseFeatures(symbols, split, (fraction, feature) => bar.update(fraction, feature))
  bar.update(1, '')
  bar.stop()
  for (const { what, text, features } of findFindings(analysis)) {
    terminal.line(`${what.padEnd(10)} ${features.length === 1 ? `${features[0]}: ` : ''}${text}`)
  }
  const page = renderFeatureReport({
    analysis,
    name: config.name,
    timeframe: config.data.timeframe,
    exchange,
    simulated,
    candles: symbols.reduce((sum, { openTimeMs }) => sum + openTimeMs.length, 0),
    atMs: Date.now(),
  })
  await writeFileAtomically(out, Buffer.from(page))
  terminal.stage('report', out)
}
