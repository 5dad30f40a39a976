import type { Command } from 'commander'
import { openRunContext, type RunFlags, runVerb } from './open-run-context.ts'

export function exportCommand(): Command {
  return runVerb('export', 'quantise the student, calibrate it and write the bundle').action(exportBundle)
}

async function exportBundle(flags: RunFlags): Promise<void> {
  const context = await openRunContext(flags)
  const { selectBackend } = await import('../train/select-backend.ts')
  const { studentStage, teacherStage } = await import('./stage/training.ts')
  const { exportStage } = await import('./stage/exporting.ts')
  const backend = await selectBackend(context.run.config.backend)
  const options = { backend, resume: true }
  const teacher = await teacherStage(context, options)
  const model = await studentStage(context, teacher, options)
  await exportStage(context, { model, teacher, backend: backend.backend })
  context.terminal.stage('next', `npm run trainer -- evaluate --run ${context.run.id}`)
  process.exit(0)
}
