import type { BacktestReport } from '../../../sdk/backtest/backtest.ts'
import { BUNDLE_FILES } from '../../../sdk/bundle/bundle.ts'
import type { MetricsRecord } from '../../registry/run-directory.ts'
import { renderHtmlReport } from '../../report/render-html.ts'
import { renderMarkdownReport } from '../../report/render-markdown.ts'
import type { RunReport, TrainingCurve } from '../../report/run-report.ts'
import { findings } from '../../report/verdict.ts'
import type { RunContext } from '../run-context.ts'
import type { Judged } from './judging.ts'

/** Writes report.html and report.md and prints the findings. */
export async function reportStage(
  { run, terminal, data }: RunContext,
  judged: Judged,
  backtests: readonly BacktestReport[],
): Promise<void> {
  const metrics = await run.readMetrics()
  const report: RunReport = {
    runId: run.id,
    configPath: run.file('config.json'),
    config: run.config,
    manifest: judged.bundle.manifest,
    weightBytes: judged.files.get(BUNDLE_FILES.weights)?.length ?? 0,
    dataNote: data.note,
    evaluation: judged.evaluation,
    curves: (['teacher', 'student'] as const).map(stage => lossCurve(stage, metrics)),
    backtests,
    engine: judged.engine,
    timings: stageTimes(metrics),
  }
  await run.write('report.html', renderHtmlReport(report))
  await run.write('report.md', renderMarkdownReport(report))
  terminal.stage('report', run.file('report.html'))
  for (const { verdict } of findings(report.evaluation, backtests, report.manifest.timeframe)) {
    terminal.line(`${{ good: '✓', mixed: '~', bad: '✗' }[verdict.tone]} ${verdict.text}`)
  }
}

/** A resumed run repeats the steps after its checkpoint: the later record of a step counts. */
function lossCurve(stage: TrainingCurve['stage'], metrics: readonly MetricsRecord[]): TrainingCurve {
  const byStep = new Map<number, number>()
  for (const record of metrics) {
    if (record.kind === 'training' && record.stage === stage) byStep.set(Number(record.step), Number(record.loss))
  }
  const points = [...byStep].map(([step, loss]) => ({ step, loss })).sort((a, b) => a.step - b.step)
  return { stage, points }
}

/** The last time that each stage took, in the order of the stages. */
function stageTimes(metrics: readonly MetricsRecord[]): { stage: string; seconds: number }[] {
  const times = new Map<string, number>()
  for (const { kind, stage, seconds } of metrics) if (kind === 'timing') times.set(String(stage), Number(seconds))
  return [...times].map(([stage, seconds]) => ({ stage, seconds }))
}
