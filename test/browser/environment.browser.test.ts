import { describe, expect, it } from 'vitest'

function askWorker(): Promise<{ adapter: { isFallback: boolean; architecture: string } | null; device: boolean }> {
  const worker = new Worker(new URL('../fixtures/webgpu-probe.worker.ts', import.meta.url), { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = event => {
      worker.terminate()
      resolve(event.data)
    }
    worker.onerror = event => reject(new Error(event.message))
    worker.postMessage('probe')
  })
}

describe('the browser that tests run in', () => {
  it('offers WebGPU inside a worker, on a software adapter', async () => {
    expect(await askWorker()).toEqual({ adapter: { isFallback: true, architecture: 'swiftshader' }, device: true })
  })

  it('serves the list of bundles, and no page in place of a file that is missing', async () => {
    const index = await fetch('/bundles/index.json')
    expect(Array.isArray(await index.json())).toBe(true)
    expect((await fetch('/bundles/no-such-bundle/1.0.0/manifest.json')).status).toBe(404)
  })
})
