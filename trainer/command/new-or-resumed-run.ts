import type { Command } from 'commander'
import { loadConfig } from '../config/load-config.ts'
import { createRun, openRun, type RunDirectory } from '../registry/run-directory.ts'
import { addConfigOptions, type ConfigFlags, configOverrides, DEFAULT_RUNS } from './options.ts'

export interface NewOrResumedFlags extends ConfigFlags {
  readonly resume?: string | true
  readonly out: string
}

/** `--config` and what overrides it, `--resume` and `--out`. */
export function addNewOrResumedOptions(command: Command): Command {
  return addConfigOptions(command)
    .option('-r, --resume [run]', 'go on with an interrupted run: its id, or the latest')
    .option('-o, --out <folder>', 'where runs are kept', DEFAULT_RUNS)
}

/** A new run of the config, or the one to go on with. */
export async function newOrResumedRun(flags: NewOrResumedFlags): Promise<{ run: RunDirectory; resumed: boolean }> {
  if (flags.resume === undefined) {
    return { run: await createRun(await loadConfig(flags.config, configOverrides(flags)), flags.out), resumed: false }
  }
  return { run: await openRun(flags.resume === true ? 'latest' : flags.resume, flags.out), resumed: true }
}
