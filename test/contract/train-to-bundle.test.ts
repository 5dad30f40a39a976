import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildNetwork } from '../../models/network.ts'
import { openBundle } from '../../sdk/bundle/open-bundle.ts'
import { writeBundle } from '../../sdk/bundle/write-bundle.ts'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { meanPinball } from '../../sdk/forecast/quantile-metrics.ts'
import { HOUR_MS } from '../../sdk/units.ts'
import { parseConfig } from '../../trainer/config/load-config.ts'
import type { RunConfig } from '../../trainer/config/run-config.ts'
import { type Dataset, prepareDataset, takeSample } from '../../trainer/train/dataset.ts'
import { draftBundle } from '../../trainer/train/export-bundle.ts'
import { computeQuantiles } from '../../trainer/train/gradients.ts'
import { selectBackend } from '../../trainer/train/select-backend.ts'
import { distillStudent, type TrainedModel, trainTeacher } from '../../trainer/train/train-network.ts'
import { createEngine } from '../../worker/engine.ts'

const SYMBOLS = ['BTC/USDT', 'ETH/USDT']
const DATA_SHA256 = 'a'.repeat(64)
const optimiser = { hidden: 4, heads: 2, batchSize: 32, maxSeconds: 60 }

function tinyConfig(overrides: { maxSteps: number }): RunConfig {
  return parseConfig(
    {
      name: 'tiny',
      data: { source: 'simulate', symbols: SYMBOLS, candles: 1500 },
      features: ['return(1)', 'parkinson(6,0.05)', 'body', 'hourSin(1)'],
      lookback: 4,
      horizons: [1, 6],
      teacher: { ...optimiser, ...overrides },
      student: { ...optimiser, maxSteps: 3, dropout: 0 },
      backend: 'wasm',
      backtest: { horizonCandles: 6 },
    },
    'test config',
  )
}

function simulatedDataset(config: RunConfig): Dataset {
  const markets = simulateMarket({ symbols: SYMBOLS, candles: 1500, timeframe: '1h', seed: 4 })
  return prepareDataset(
    config,
    [...markets].map(([symbol, candles]) => ({ exchange: 'simulated', symbol, timeframe: '1h', candles })),
  )
}

const parametersOf = (model: TrainedModel) => [...model.weights.values()].flatMap(w => [...w.data])

describe('from candles to a bundle', () => {
  let dir: string
  let dataset: Dataset
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'edgequant-train-'))
    await selectBackend('wasm')
    dataset = simulatedDataset(tinyConfig({ maxSteps: 1 }))
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  it('keeps every outcome of training, calibration and test apart from the others', () => {
    const longestMs = 6 * HOUR_MS
    const span = (set: Dataset['train']) => {
      const times = Array.from(set.index, (t, row) => dataset.segments[set.segment[row]].table.series.openTimeMs[t])
      return { first: Math.min(...times), last: Math.max(...times) }
    }
    const [train, calibration, test] = [dataset.train, dataset.calibration, dataset.test].map(span)
    expect(calibration.first).toBeGreaterThanOrEqual(train.last + longestMs)
    expect(test.first).toBeGreaterThanOrEqual(calibration.last + longestMs)
  })

  it('scales the features of training windows to mean 0 and deviation 1, clipping aside', () => {
    const everyFifth = Int32Array.from({ length: Math.floor(dataset.train.length / 5) }, (_, i) => i * 5)
    const { batch } = takeSample(dataset, dataset.train, everyFifth)
    for (let f = 0; f < 3; f++) {
      const values = Array.from({ length: batch.observed.length / 3 }, (_, i) => batch.observed[i * 3 + f])
      const mean = values.reduce((a, b) => a + b, 0) / values.length
      const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length)
      expect(mean).toBeCloseTo(0, 0)
      expect(deviation).toBeGreaterThan(0.85)
      expect(deviation).toBeLessThan(1.1)
    }
  })

  it('gives each window the outcome of its own symbol and time', () => {
    const rows = [0, dataset.train.length - 1]
    const { outcomes, batch } = takeSample(dataset, dataset.train, rows)
    rows.forEach((row, i) => {
      const segment = dataset.segments[dataset.train.segment[row]]
      const t = dataset.train.index[row]
      const { close } = segment.table.series
      const expected = Math.log(close[t + 6] / close[t]) / (segment.table.volatility[t] * Math.sqrt(6))
      expect(outcomes[i * 2 + 1]).toBeCloseTo(expected, 5)
      expect(batch.symbols[i]).toBe(segment.symbolIndex)
    })
  })

  it('trains to the same weights in one go and with an interruption in between', async () => {
    const config = tinyConfig({ maxSteps: 6 })
    const whole = await trainTeacher(dataset, config, { checkpointDir: join(dir, 'whole'), dataSha256: DATA_SHA256 })

    const controller = new AbortController()
    const interrupted = { checkpointDir: join(dir, 'interrupted'), dataSha256: DATA_SHA256 }
    const first = await trainTeacher(dataset, config, {
      ...interrupted,
      signal: controller.signal,
      onStep: ({ step }) => step === 3 && controller.abort(),
    })
    expect(first).toMatchObject({ finished: false, steps: 3 })
    const second = await trainTeacher(dataset, config, { ...interrupted, resume: true })

    expect(second).toMatchObject({ finished: true, steps: 6 })
    expect(parametersOf(second)).toEqual(parametersOf(whole))
    expect(parametersOf(first)).not.toEqual(parametersOf(whole))
  })

  it('refuses to resume with other data, naming the checkpoint', async () => {
    const config = tinyConfig({ maxSteps: 2 })
    const checkpointDir = join(dir, 'other-data')
    await trainTeacher(dataset, config, { checkpointDir, dataSha256: DATA_SHA256 })
    await expect(
      trainTeacher(dataset, config, { checkpointDir, dataSha256: 'b'.repeat(64), resume: true }),
    ).rejects.toMatchObject({ code: 'OTHER_RUN', message: expect.stringContaining('teacher.safetensors') })
  })

  it('learns more of its training windows than any constant quantiles could', async () => {
    const model = await trainTeacher(dataset, tinyConfig({ maxSteps: 60 }), {
      checkpointDir: join(dir, 'learn'),
      dataSha256: DATA_SHA256,
    })
    const everyWindow = Int32Array.from({ length: dataset.train.length }, (_, i) => i)
    const { batch, outcomes } = takeSample(dataset, dataset.train, everyWindow)
    const quantiles = await computeQuantiles(buildNetwork(model.spec), model.weights, batch)
    const losses = meanPinball(quantiles, outcomes, dataset.levels, 2)
    // the weights are 1 / the loss of the best constants, the empirical quantiles: 1 means nothing was learned
    const relative = losses.map((loss, h) => loss * dataset.horizonWeights[h])
    expect(relative[0]).toBeLessThan(1)
    expect(relative[1]).toBeLessThan(1)
  })

  it('exports a bundle that opens, passes its own golden windows and serves what was calibrated', async () => {
    const config = tinyConfig({ maxSteps: 20 })
    const options = { checkpointDir: join(dir, 'export'), dataSha256: DATA_SHA256 }
    const teacher = await trainTeacher(dataset, config, options)
    const student = await distillStudent(dataset, config, teacher, options)
    const draft = await draftBundle(dataset, config, {
      model: student,
      teacher,
      exchange: 'simulated',
      simulated: true,
      dataSha256: DATA_SHA256,
      backend: 'wasm',
      createdAtMs: 0,
    })
    const bundle = await openBundle(await writeBundle({ ...draft, modelCard: '# tiny' }), 'tiny')
    const engine = await createEngine({ bundle })
    expect(engine.info).toMatchObject({ kind: 'wasm', backend: null })
    expect(engine.info.candidates.find(c => c.kind === 'webgpu')?.rejected).toContain('no WebGPU adapter')

    // near the baseline it started from, on windows it never saw
    const sample = takeSample(
      dataset,
      dataset.test,
      Int32Array.from({ length: dataset.test.length }, (_, i) => i),
    )
    const { quantiles } = await engine.forward(sample.batch)
    const baseline = Float32Array.from({ length: quantiles.length }, (_, i) => dataset.scaledQuantiles.flat()[i % 14])
    const ours = meanPinball(quantiles, sample.outcomes, dataset.levels, 2)
    const theirs = meanPinball(baseline, sample.outcomes, dataset.levels, 2)
    expect(ours.every((loss, h) => loss < 1.05 * theirs[h])).toBe(true)
    expect(bundle.manifest.quantisation.lossRatio).toBeGreaterThan(0.98)
    expect(bundle.manifest.quantisation.lossRatio).toBeLessThan(1.02)
    expect(bundle.manifest.gate.usualWidths).toHaveLength(2)
    await engine.dispose()
  })
})
