import { type Command, Option } from 'commander'
import { ConfigError } from '../../sdk/errors.ts'
import { openRunContext, type RunFlags, runVerb } from './open-run-context.ts'

interface ExportFlags extends RunFlags {
  readonly format: 'bundle' | 'onnx'
  readonly bundle?: string
  readonly output?: string
}

export function exportCommand(): Command {
  return runVerb('export', 'quantise the student, calibrate it and write the bundle; or write a bundle as ONNX')
    .addOption(new Option('--format <name>', 'what to write').choices(['bundle', 'onnx']).default('bundle'))
    .option('--bundle <folder>', "onnx: the bundle to write, <name>/<version>; without it, the run's")
    .option('--output <file>', 'onnx: the file to write (default: <name>-<version>.onnx)')
    .action(async (flags: ExportFlags) =>
      flags.format === 'onnx' ? await exportOnnx(flags) : await exportBundle(flags),
    )
}

async function exportBundle(flags: ExportFlags): Promise<void> {
  refuseOnnxFlags(flags)
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

async function exportOnnx({ bundle, run, out, output }: ExportFlags): Promise<void> {
  const { createTerminal } = await import('./terminal.ts')
  const { openRun } = await import('../registry/run-directory.ts')
  const { exportOnnxStage } = await import('./stage/exporting-onnx.ts')
  const folder = bundle ?? (await openRun(run, out)).bundlePath
  await exportOnnxStage(createTerminal(), { folder, output })
}

function refuseOnnxFlags({ bundle, output }: ExportFlags): void {
  const given = Object.entries({ '--bundle': bundle, '--output': output }).find(([, value]) => value !== undefined)
  if (!given) return
  const [flag, value] = given
  throw new ConfigError(
    'INVALID_FLAG',
    `${flag} ${value} was given, and the format is "bundle", which is written into its run. Add --format onnx, or leave ${flag} out.`,
    { flag, value },
  )
}
