import { describe, expect, it } from 'vitest'
import { commands } from 'vitest/browser'
import { EXAMPLES } from '../fixtures/feature/feature-panel.ts'
import type { FeatureValues } from '../fixtures/feature-values.ts'

function featuresInWorker(market: unknown): Promise<FeatureValues> {
  const worker = new Worker(new URL('../fixtures/features.worker.ts', import.meta.url), { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = event => {
      worker.terminate()
      resolve(event.data)
    }
    worker.onerror = event => reject(new Error(event.message))
    worker.postMessage(market)
  })
}

describe('features of the same candles', () => {
  it('are identical, to the last bit, in the trainer (Node) and in a worker of a browser, at once and candle by candle', async () => {
    const node = await commands.featuresInNode()
    const worker = await featuresInWorker(node.market)
    expect(worker.batch).toEqual(node.batch)
    expect(worker.stream).toEqual(node.batch)
    expect(worker.known).toEqual(node.known)
    expect(worker.window).toEqual(node.window)
    const computed = [...Object.keys(node.batch), ...Object.keys(node.known)]
    for (const name of EXAMPLES) expect(computed.some(key => key.endsWith(name))).toBe(true)
    expect(node.window.length).toBeGreaterThan(48 * 10)
  })
})
