import { describe, expect, it } from 'vitest'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { createPredictionService } from '../../sdk/service/create-prediction-service.ts'
import { timeframeMs } from '../../sdk/units.ts'
import type { GoldenAnswer, GoldenQuestion } from '../fixtures/golden.worker.ts'

interface ListedBundle {
  readonly name: string
  readonly url: string
}

const listed: ListedBundle[] = await (await fetch('/bundles/index.json')).json()
const shipped = listed.find(bundle => bundle.name === 'crypto-hourly')
if (!shipped) throw new Error('The repository ships no bundle: models/bundles/crypto-hourly/<version>/ is missing.')
const url = new URL(shipped.url, location.href).href

function askWorker(question: GoldenQuestion): Promise<GoldenAnswer> {
  const worker = new Worker(new URL('../fixtures/golden.worker.ts', import.meta.url), { type: 'module' })
  return new Promise<GoldenAnswer>((resolve, reject) => {
    worker.onmessage = ({ data }) => ('error' in data ? reject(new Error(data.error)) : resolve(data))
    worker.onerror = event => reject(new Error(event.message))
    worker.postMessage(question)
  }).finally(() => worker.terminate())
}

describe('the shipped bundle crypto-hourly', () => {
  it.each<[string, Omit<GoldenQuestion, 'url'>]>([
    ['wasm', { engine: 'wasm' }],
    ['webgpu', { engine: 'webgpu' }],
    ['tfjs on wasm', { engine: 'tfjs', backend: 'wasm' }],
    ['tfjs on webgpu', { engine: 'tfjs', backend: 'webgpu' }],
  ])('gives its golden outputs in a worker with %s, within a thousandth of a volatility unit', async (name, asked) => {
    const { engine, windows, difference } = await askWorker({ url, ...asked })
    expect(engine).toBe(name)
    expect(windows).toBeGreaterThan(0)
    expect(difference).toBeLessThan(1e-3)
  })

  it('forecasts in a service, the fastest engine chosen by measuring', async () => {
    const service = await createPredictionService({ bundle: url, cache: false })
    const { manifest, candlesNeeded, engineInfo } = service
    const symbol = manifest.symbols[0]
    const { timeframe } = manifest
    const startTimeMs = Date.UTC(2024, 0, 1)
    const candles = simulateMarket({ symbols: [symbol], candles: candlesNeeded, timeframe, seed: 1, startTimeMs }).get(
      symbol,
    )!
    const nowMs = startTimeMs + candles.length * timeframeMs(timeframe)
    const forecast = await service.predictPrice({ symbol, candles, nowMs, explain: true })

    expect(engineInfo).toMatchObject({ kind: 'wasm', backend: null })
    expect(forecast.horizons.map(h => h.horizonCandles)).toEqual(manifest.horizons)
    for (const { logReturnQuantiles } of forecast.horizons) {
      expect([...logReturnQuantiles].sort((a, b) => a - b)).toEqual(logReturnQuantiles)
    }
    for (const row of forecast.explanation!.attention) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4)
    await service.dispose()
  })
})
