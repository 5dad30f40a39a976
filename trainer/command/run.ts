import { Command } from 'commander'
import { AbortedError } from '../../sdk/errors.ts'
import { listenForInterrupt } from './interrupt.ts'
import { addNewOrResumedOptions, type NewOrResumedFlags, newOrResumedRun } from './new-or-resumed-run.ts'
import { parsePositiveInteger } from './options.ts'
import { createTerminal } from './terminal.ts'

interface RunFlags extends NewOrResumedFlags {
  readonly serve: boolean
  readonly port?: number
}

export function runCommand(): Command {
  return addNewOrResumedOptions(new Command('run'))
    .description('the whole way: data, training, distillation, bundle, evaluation, backtest, report, demo')
    .option('--no-serve', 'end after the report instead of serving the demo')
    .option('-p, --port <number>', 'port of the demo', parsePositiveInteger)
    .action(runAll)
}

async function runAll(flags: RunFlags): Promise<void> {
  const { run, resumed } = await newOrResumedRun(flags)
  const terminal = createTerminal()
  terminal.stage('run', `${run.config.name} ${run.config.version}, ${run.path}${resumed ? ' (resumed)' : ''}`)

  // Loaded here: the other verbs, and --help, need none of this.
  const { openContext } = await import('./stage/prepare.ts')
  const { selectBackend } = await import('../train/select-backend.ts')
  const { InterruptedError, studentStage, teacherStage } = await import('./stage/training.ts')
  const { exportStage } = await import('./stage/exporting.ts')
  const { backtestStage, evaluateStage } = await import('./stage/judging.ts')
  const { reportStage } = await import('./stage/reporting.ts')
  const { publishTestCandles } = await import('./stage/publishing.ts')

  const context = await openContext(run, terminal)
  const backend = await selectBackend(flags.backend ?? run.config.backend)
  const interrupt = listenForInterrupt(() =>
    terminal.line('Stopping; a checkpoint is being written. Ctrl-C again ends at once.'),
  )
  const { signal } = interrupt
  try {
    const training = { backend, resume: resumed, signal }
    const teacher = await teacherStage(context, training)
    const model = await studentStage(context, teacher, training)
    await exportStage(context, { model, teacher, backend: backend.backend })
    const judged = await evaluateStage(context, signal)
    const backtests = await backtestStage(context, judged)
    await reportStage(context, judged, backtests)
    await publishTestCandles(context)
  } catch (error) {
    throw error instanceof AbortedError ? new InterruptedError(run.id, 'The evaluation') : error
  } finally {
    interrupt.release()
  }

  if (!flags.serve) {
    // Some training backends keep the event loop alive for ever.
    process.exit(0)
  }
  const { serveUntilInterrupted } = await import('./serve.ts')
  await serveUntilInterrupted(run, terminal, flags.port)
}
