import type { Command } from 'commander'
import type { FeatureMode } from './mode.ts'

const DEFAULT_OUT = 'docs/features.md'

interface DocsFlags {
  readonly out?: string
}

/** `--docs`. */
export function addDocs(command: Command): FeatureMode {
  command.option('--docs', `write the documentation of all features as Markdown with pictures (${DEFAULT_OUT})`)
  return {
    flag: 'docs',
    async run(terminal) {
      const { out = DEFAULT_OUT } = command.opts<DocsFlags>()
      terminal.stage('docs', out)
    },
  }
}
