import { Command } from 'commander'
import { loadConfig } from '../config/load-config.ts'
import { createRun, openRun } from '../registry/run-directory.ts'
import { listenForInterrupt } from './interrupt.ts'
import { addConfigOptions, type ConfigFlags, configOverrides, DEFAULT_RUNS } from './options.ts'
import { createTerminal } from './terminal.ts'

interface TrainFlags extends ConfigFlags {
  readonly resume?: string | true
  readonly out: string
}

export function trainCommand(): Command {
  return addConfigOptions(new Command('train'))
    .description('train the teacher in a new run (then: distill, export, evaluate, backtest)')
    .option('-r, --resume [run]', 'go on from the checkpoint of a run: its id, or the latest')
    .option('-o, --out <folder>', 'where runs are kept', DEFAULT_RUNS)
    .action(train)
}

async function train(flags: TrainFlags): Promise<void> {
  const resumed = flags.resume === true ? 'latest' : flags.resume
  const run =
    resumed === undefined
      ? await createRun(await loadConfig(flags.config, configOverrides(flags)), flags.out)
      : await openRun(resumed, flags.out)
  const terminal = createTerminal()
  terminal.stage('run', run.path)
  const { openContext } = await import('./stage/prepare.ts')
  const { selectBackend } = await import('../train/select-backend.ts')
  const { teacherStage } = await import('./stage/training.ts')

  const context = await openContext(run, terminal)
  const backend = await selectBackend(flags.backend ?? run.config.backend)
  const { signal } = listenForInterrupt(() => terminal.line('Stopping; a checkpoint is being written.'))
  await teacherStage(context, { backend, resume: resumed !== undefined, signal })
  terminal.stage('next', `npm run trainer -- distill --run ${run.id}`)
  process.exit(0)
}
