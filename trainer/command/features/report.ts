import type { Command } from 'commander'
import type { ConfigFlags } from '../options.ts'
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
  return {
    flag: 'report',
    async run(terminal) {
      const { out = DEFAULT_OUT } = command.opts<ReportFlags>()
      terminal.stage('report', out)
    },
  }
}
