import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'
import { parseConfig } from '../../../../trainer/config/load-config.ts'
import { prepareDataset } from '../../../../trainer/train/dataset.ts'
import { TrainingError } from '../../../../trainer/train/optimise.ts'
import { trainTeacher } from '../../../../trainer/train/train-network.ts'
import { activateBackend } from '../../../../worker/tfjs/backend.ts'

const config = parseConfig(
  {
    name: 'tiny',
    data: { source: 'simulate', symbols: ['BTC/USDT'] },
    features: ['return(1)', 'hourSin(1)'],
    lookback: 2,
    horizons: [1],
    backtest: { horizonCandles: 1 },
    split: { calibrationFraction: 0.3, testFraction: 0.3 },
    teacher: { hidden: 2, heads: 1, batchSize: 16, maxSteps: 4 },
  },
  'test config',
)
const market = simulateMarket({ symbols: ['BTC/USDT'], candles: 600, timeframe: '1h', seed: 2 })
const files = [...market].map(([symbol, candles]) => {
  return { exchange: 'simulator', symbol, timeframe: '1h' as const, candles }
})

describe('a training step whose loss is not finite', () => {
  let checkpointDir: string
  beforeAll(async () => {
    checkpointDir = mkdtempSync(join(tmpdir(), 'edgequant-optimise-'))
    await activateBackend('cpu')
  })
  afterAll(() => rmSync(checkpointDir, { recursive: true }))

  it('ends training with the step and the inputs it saw, and leaves the last good checkpoint as it is', async () => {
    const dataset = prepareDataset(config, files)
    const options = { checkpointDir, dataSha256: 'a'.repeat(64) }
    const half = { ...config, teacher: { ...config.teacher, maxSteps: 2 } }
    await trainTeacher(dataset, half, options)
    const checkpoint = readFileSync(join(checkpointDir, 'teacher.safetensors'))

    dataset.segments[0].targets.fill(Number.NaN)
    const training = trainTeacher(dataset, config, options)
    await expect(training).rejects.toThrow(TrainingError)
    await expect(training).rejects.toMatchObject({
      code: 'NON_FINITE_LOSS',
      message: expect.stringMatching(/^Loss NaN .* at step 0\..*outcomes .*\(16 non-finite\)/),
      details: { step: 0, inputs: { observed: { nonFinite: 0 }, outcomes: { nonFinite: 16 } } },
    })
    expect(readFileSync(join(checkpointDir, 'teacher.safetensors'))).toEqual(checkpoint)
  })
})
