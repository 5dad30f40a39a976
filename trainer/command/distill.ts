import type { Command } from 'commander'
import type { RunConfig } from '../config/run-config.ts'
import { listenForInterrupt } from './interrupt.ts'
import { openRunContext, type RunFlags, runVerb } from './open-run-context.ts'
import { backendOption } from './options.ts'

export function distillCommand(): Command {
  return runVerb('distill', "train the student on the teacher's forecasts").addOption(backendOption()).action(distill)
}

async function distill(flags: RunFlags & { readonly backend?: RunConfig['backend'] }): Promise<void> {
  const context = await openRunContext(flags)
  const { selectBackend } = await import('../train/select-backend.ts')
  const { studentStage, teacherStage } = await import('./stage/training.ts')
  const backend = await selectBackend(flags.backend ?? context.run.config.backend)
  const { signal } = listenForInterrupt(() => context.terminal.line('Stopping; a checkpoint is being written.'))
  // A finished teacher is read from its checkpoint, an unfinished one is trained to its end.
  const options = { backend, resume: true, signal }
  await studentStage(context, await teacherStage(context, options), options)
  context.terminal.stage('next', `npm run trainer -- export --run ${context.run.id}`)
  process.exit(0)
}
