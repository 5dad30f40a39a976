import type { Command } from 'commander'
import type { FeatureMode } from './mode.ts'

/** `--search` and its flags. */
export function addSearch(command: Command): FeatureMode {
  command.option('--search', 'try features and transforms of them on the training period, and write those that help')
  return { flag: 'search', run: async terminal => terminal.line('…') }
}
