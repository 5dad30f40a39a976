import type { BacktestReport } from '../../../sdk/backtest/backtest.ts'
import { createBacktestReport } from '../../../sdk/backtest/create-backtest-report.ts'
import { BUNDLE_FILES, type Bundle, type BundleFiles } from '../../../sdk/bundle/bundle.ts'
import { openBundle } from '../../../sdk/bundle/open-bundle.ts'
import type { Engine } from '../../../sdk/engine.ts'
import { createEngine } from '../../../worker/engine.ts'
import { nameOf } from '../../../worker/engine-name.ts'
import { evaluateForecasts, forecastRanges, toManifestEvaluation } from '../../evaluate/evaluate-bundle.ts'
import type { Evaluation, ForecastRange } from '../../evaluate/evaluation.ts'
import { testRanges } from '../../evaluate/test-ranges.ts'
import { readBundleFolder } from '../../registry/read-bundle-folder.ts'
import { integer } from '../../report/format.ts'
import { rememberedCandles } from '../../train/feature-set.ts'
import { type RunContext, timed } from '../run-context.ts'
import { packBundle } from './exporting.ts'

/** A bundle that has been judged, and the forecasts it was judged by. */
export interface Judged {
  readonly bundle: Bundle
  readonly files: BundleFiles
  readonly engine: Engine['info']
  readonly evaluation: Evaluation
  readonly forecasts: readonly ForecastRange[]
}

/**
 * Forecasts the test period with the run's bundle through the served code, scores it, and writes the scores into the
 * manifest and the model card.
 */
export async function evaluateStage(context: RunContext, signal?: AbortSignal): Promise<Judged> {
  const { run, terminal, dataset } = context
  const draft = await openBundle(await readBundleFolder(run.bundlePath), run.bundlePath)
  const test = testRanges(dataset, rememberedCandles(dataset.featureSet, dataset))
  const rows = test.reduce((sum, range) => sum + range.to - range.from, 0)
  const engine = await createEngine({ bundle: draft })
  terminal.stage('evaluate', `${integer(rows)} forecasts out of sample, on ${nameOf(engine.info)}`)
  const bar = terminal.progress()
  try {
    return await timed(run, 'evaluate', async () => {
      const forecasts = await forecastRanges({
        bundle: draft,
        engine,
        test,
        onProgress: fraction => bar.update(fraction, `${integer(fraction * rows)} rows`),
        ...(signal ? { signal } : {}),
      })
      bar.stop()
      const baselines = { unconditional: dataset.unconditionalQuantiles, scaled: dataset.scaledQuantiles }
      const evaluation = evaluateForecasts(forecasts, baselines, run.config)
      const files = await recordEvaluation(context, draft, evaluation)
      const bundle = await openBundle(files, run.bundlePath)
      return { bundle, files, engine: engine.info, evaluation, forecasts }
    })
  } finally {
    bar.stop()
    await engine.dispose()
  }
}

async function recordEvaluation(
  { run }: RunContext,
  { manifest }: Bundle,
  evaluation: Evaluation,
): Promise<BundleFiles> {
  const files = await readBundleFolder(run.bundlePath)
  const { files: _listed, ...rest } = manifest
  const draft = {
    manifest: { ...rest, evaluation: toManifestEvaluation(evaluation) },
    weights: files.get(BUNDLE_FILES.weights) as Uint8Array,
    golden: files.get(manifest.golden.file) as Uint8Array,
  }
  const evaluated = await packBundle(draft, run.config.notes)
  await run.writeBundle(evaluated)
  await run.writeJson('evaluation.json', evaluation)
  return evaluated
}

/** Trades the gate's decisions of every symbol beside the baselines, on its longest contiguous test range. */
export async function backtestStage({ run, terminal }: RunContext, judged: Judged): Promise<BacktestReport[]> {
  const { feeBps, slippageBps, horizonCandles, allowShort, trials } = run.config.backtest
  const longest = new Map<string, ForecastRange>()
  for (const range of judged.forecasts) {
    const known = longest.get(range.series.symbol)
    if (!known || range.to - range.from > known.to - known.from) longest.set(range.series.symbol, range)
  }
  terminal.stage('backtest', `${longest.size} symbols, ${feeBps} bps fee and ${slippageBps} bps slippage each way`)
  return await timed(run, 'backtest', () =>
    [...longest.values()].map(({ series, forecasts }) =>
      createBacktestReport({
        series,
        forecasts,
        costs: { feeBps, slippageBps },
        thresholds: judged.bundle.manifest.gate,
        strategy: { horizonCandles, allowShort },
        trials,
      }),
    ),
  )
}
