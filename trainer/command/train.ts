import { Command } from 'commander'
import { listenForInterrupt } from './interrupt.ts'
import { addNewOrResumedOptions, type NewOrResumedFlags, newOrResumedRun } from './new-or-resumed-run.ts'
import { createTerminal } from './terminal.ts'

export function trainCommand(): Command {
  return addNewOrResumedOptions(new Command('train'))
    .description('train the teacher in a new run (then: distill, export, evaluate, backtest)')
    .action(train)
}

async function train(flags: NewOrResumedFlags): Promise<void> {
  const { run, resumed } = await newOrResumedRun(flags)
  const terminal = createTerminal()
  terminal.stage('run', run.path)
  const { openContext } = await import('./stage/prepare.ts')
  const { selectBackend } = await import('../train/select-backend.ts')
  const { teacherStage } = await import('./stage/training.ts')

  const context = await openContext(run, terminal)
  const backend = await selectBackend(flags.backend ?? run.config.backend)
  const { signal } = listenForInterrupt(() => terminal.line('Stopping; a checkpoint is being written.'))
  await teacherStage(context, { backend, resume: resumed, signal })
  terminal.stage('next', `npm run trainer -- distill --run ${run.id}`)
  process.exit(0)
}
