import { Command } from 'commander'
import { openRun } from '../registry/run-directory.ts'
import { DEFAULT_RUNS } from './options.ts'
import type { RunContext } from './run-context.ts'
import { createTerminal } from './terminal.ts'

export interface RunFlags {
  readonly run: string
  readonly out: string
}

/** A verb that works on a run which exists. */
export function runVerb(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--run <id>', 'a run by id, or "latest"', 'latest')
    .option('-o, --out <folder>', 'where runs are kept', DEFAULT_RUNS)
}

/** The run with its data read and prepared again. */
export async function openRunContext(flags: RunFlags): Promise<RunContext> {
  const run = await openRun(flags.run, flags.out)
  const terminal = createTerminal()
  terminal.stage('run', run.path)
  const { openContext } = await import('./stage/prepare.ts')
  return await openContext(run, terminal)
}
