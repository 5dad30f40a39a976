import { EdgeQuantError } from '../../../sdk/errors.ts'
import { decimal, duration, integer } from '../../report/format.ts'
import type { TrainingProgress } from '../../train/optimise.ts'
import type { SelectedBackend } from '../../train/select-backend.ts'
import { distillStudent, type TrainedModel, type TrainOptions, trainTeacher } from '../../train/train-network.ts'
import { type RunContext, timed } from '../run-context.ts'

/** Ctrl-C during a run: nothing is lost, and the message says how to go on. */
export class InterruptedError extends EdgeQuantError {
  static override readonly errorName = 'InterruptedError'

  constructor(runId: string, what: string) {
    super(
      'INTERRUPTED',
      `${what} was interrupted; the run keeps its last checkpoint. Go on with: npm run trainer -- run --resume ${runId}`,
      { runId },
    )
  }
}

export interface TrainingStageOptions {
  readonly backend: SelectedBackend
  readonly resume: boolean
  readonly signal?: AbortSignal
}

/** About this many points of a loss curve are kept. */
const CURVE_POINTS = 400

/** @throws InterruptedError, and what training throws */
export async function teacherStage(context: RunContext, o: TrainingStageOptions): Promise<TrainedModel> {
  const { hidden, heads } = context.run.config.teacher
  context.terminal.stage('train', `Teacher, hidden ${hidden}, ${heads} heads, on ${o.backend.backend}`)
  return await withProgress(context, 'teacher', o, options =>
    trainTeacher(context.dataset, context.run.config, options),
  )
}

/** @throws InterruptedError, and what training throws */
export async function studentStage(
  context: RunContext,
  teacher: TrainedModel,
  o: TrainingStageOptions,
): Promise<TrainedModel> {
  const { hidden, heads } = context.run.config.student
  context.terminal.stage('distill', `Student, hidden ${hidden}, ${heads} heads, taught by the teacher`)
  return await withProgress(context, 'student', o, options =>
    distillStudent(context.dataset, context.run.config, teacher, options),
  )
}

async function withProgress(
  { run, terminal, data }: RunContext,
  stage: 'teacher' | 'student',
  { resume, signal }: TrainingStageOptions,
  train: (options: TrainOptions) => Promise<TrainedModel>,
): Promise<TrainedModel> {
  const bar = terminal.progress()
  const every = Math.max(1, Math.ceil(run.config[stage].maxSteps / CURVE_POINTS))
  const onStep = (progress: TrainingProgress) => {
    const { step, loss, gradientNorm, learningRate, samplesPerSecond, etaSeconds, fraction } = progress
    const stepsPerSecond = samplesPerSecond / run.config[stage].batchSize
    bar.update(
      fraction,
      `step ${integer(step)} · loss ${decimal(loss, 4)} · ${decimal(stepsPerSecond, 1)} steps/s · ${duration(etaSeconds)} left`,
    )
    if (step % every === 0)
      run.logMetrics({ kind: 'training', stage, step, loss, gradientNorm, learningRate, samplesPerSecond })
  }
  try {
    const model = await timed(run, stage, () =>
      train({ checkpointDir: run.path, dataSha256: data.sha256, resume, onStep, ...(signal ? { signal } : {}) }),
    )
    bar.stop()
    if (!model.finished) throw new InterruptedError(run.id, `Training the ${stage} at step ${integer(model.steps)}`)
    terminal.line(
      `${integer(model.parameters)} parameters, ${integer(model.steps)} steps in ${duration(model.seconds)}`,
    )
    return model
  } finally {
    bar.stop()
  }
}
