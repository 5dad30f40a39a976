import { afterEach, describe, expect, it, vi } from 'vitest'
import { probeAdapter } from '../../../../worker/webgpu/adapter.ts'

const withGpu = (requestAdapter: () => Promise<unknown>) => vi.stubGlobal('navigator', { gpu: { requestAdapter } })

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('probeAdapter', () => {
  it('knows an adapter that has no info, as in Chrome before 127', async () => {
    withGpu(async () => ({}))
    expect(await probeAdapter()).toEqual({ vendor: '', architecture: '', description: '', isFallback: false })
  })

  it('finds software adapters by their names where the flag is missing', async () => {
    withGpu(async () => ({ info: { vendor: 'google', architecture: 'swiftshader', description: '' } }))
    expect(await probeAdapter()).toMatchObject({ isFallback: true })
  })

  it('finds none in a browser without WebGPU, without an adapter, or that refuses to look', async () => {
    vi.stubGlobal('navigator', {})
    expect(await probeAdapter()).toBeNull()
    withGpu(async () => null)
    expect(await probeAdapter()).toBeNull()
    withGpu(() => Promise.reject(new Error('not allowed')))
    expect(await probeAdapter()).toBeNull()
  })
})
