import type { AdapterFacts } from '../sdk/engine.ts'

interface AdapterInfoLike {
  vendor?: string
  architecture?: string
  description?: string
  isFallbackAdapter?: boolean
}

/** Facts about the adapter that WebGPU would use here, or null where there is none. */
export async function probeAdapter(): Promise<AdapterFacts | null> {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter()
  if (!adapter) return null
  const info = adapter.info as AdapterInfoLike
  const { vendor = '', architecture = '', description = '' } = info
  const flagged = info.isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter ?? false
  // Browsers that lack the flag still name their software rasterisers.
  const named = /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${vendor} ${architecture} ${description}`)
  return { vendor, architecture, description, isFallback: flagged || named }
}
