import { Command } from 'commander'
import { openRun, type RunDirectory } from '../registry/run-directory.ts'
import { DEFAULT_RUNS, parsePositiveInteger } from './options.ts'
import { createTerminal, type Terminal } from './terminal.ts'

interface ServeFlags {
  readonly run?: string
  readonly out: string
  readonly port?: number
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('serve the demo with the bundle and candles of a run, or with the bundles that ship')
    .option('--run <id>', 'a run by id, or "latest"; without it, the bundles that ship')
    .option('-o, --out <folder>', 'where runs are kept', DEFAULT_RUNS)
    .option('-p, --port <number>', 'port of the demo', parsePositiveInteger)
    .action(async (flags: ServeFlags) => {
      const run = flags.run === undefined ? null : await openRun(flags.run, flags.out)
      await serveUntilInterrupted(run, createTerminal(), flags.port)
    })
}

/** Serves until Ctrl-C, which ends the process. */
export async function serveUntilInterrupted(
  run: RunDirectory | null,
  terminal: Terminal,
  port?: number,
): Promise<void> {
  const { serveDemo } = await import('./stage/serving.ts')
  const served = await serveDemo(run, port)
  if (served.takenPort !== null) terminal.line(`Port ${served.takenPort} is taken; the next free one is used.`)
  terminal.stage('serve', `${served.url}  (Ctrl-C ends)`)
}
