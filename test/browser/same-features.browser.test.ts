import { describe, expect, it } from 'vitest'
import { commands } from 'vitest/browser'
import type { Candle } from '../../sdk/candle/candle.ts'
import type { FeatureValues } from '../fixtures/feature-values.ts'

function featuresInWorker(candles: readonly Candle[]): Promise<FeatureValues> {
  const worker = new Worker(new URL('../fixtures/features.worker.ts', import.meta.url), { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = event => {
      worker.terminate()
      resolve(event.data)
    }
    worker.onerror = event => reject(new Error(event.message))
    worker.postMessage(candles)
  })
}

describe('features of the same candles', () => {
  it('are identical, to the last bit, in the trainer (Node) and in a worker of a browser', async () => {
    const node = await commands.featuresInNode()
    const worker = await featuresInWorker(node.candles)
    expect(worker.names).toEqual(node.names)
    expect(worker.volatility).toEqual(node.volatility)
    expect(worker.observed).toEqual(node.observed)
    expect(worker.window).toEqual(node.window)
    expect(node.window.length).toBeGreaterThan(48 * 10)
    expect(node.observed.every(column => column.at(-1) !== null)).toBe(true)
  })
})
