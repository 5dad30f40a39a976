import type { AdapterFacts } from '../../sdk/engine.ts'
import { EngineError } from '../../sdk/errors.ts'
import type { Int8Decode } from './weight-packer.ts'

/** Facts about the adapter that WebGPU would use here, or null where there is none. */
export async function probeAdapter(): Promise<AdapterFacts | null> {
  try {
    const adapter = await globalThis.navigator?.gpu?.requestAdapter()
    return adapter ? adapterFacts(adapter) : null
  } catch {
    return null // a browser that refuses to look has none for us
  }
}

export function adapterFacts(adapter: GPUAdapter): AdapterFacts {
  const {
    vendor = '',
    architecture = '',
    description = '',
    isFallbackAdapter,
  } = (adapter.info ?? {}) as Partial<GPUAdapterInfo> // Chrome had none before version 127
  const flagged = isFallbackAdapter ?? (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter ?? false
  // Safari and Firefox lack the flag; software rasterisers have names.
  const named = /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${vendor} ${architecture} ${description}`)
  return { vendor, architecture, description, isFallback: flagged || named }
}

/** @throws EngineError `BACKEND_UNAVAILABLE` */
export async function requestAdapter(): Promise<GPUAdapter> {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter()
  if (adapter) return adapter
  throw new EngineError(
    'BACKEND_UNAVAILABLE',
    "There is no WebGPU adapter here: the browser lacks WebGPU, or its graphics driver is blocked. Use the engine 'wasm'.",
  )
}

/**
 * The quicker way to read int8 weights. Hardware has an instruction for `unpack4xI8`; SwiftShader takes one byte after
 * another, and a forward pass of the reference student takes it 1.3 times as long as with masks.
 */
export function int8Decode({ isFallback }: AdapterFacts): Int8Decode {
  const features = globalThis.navigator.gpu.wgslLanguageFeatures
  return !isFallback && features?.has('packed_4x8_integer_dot_product') ? 'unpack' : 'mask'
}

export type LimitName =
  | 'maxStorageBufferBindingSize'
  | 'maxBufferSize'
  | 'maxComputeInvocationsPerWorkgroup'
  | 'maxComputeWorkgroupSizeX'
  | 'maxComputeWorkgroupStorageSize'
  | 'maxStorageBuffersPerShaderStage'

/** Something that a kernel or buffer needs of the device. */
export interface LimitNeed {
  /** The block or buffer. */
  readonly block: string
  readonly limit: LimitName
  readonly needed: number
}

/** What every device offers. */
const DEFAULTS: Record<LimitName, number> = {
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16_384,
  maxStorageBuffersPerShaderStage: 8,
}

/**
 * The limits to ask a device for: those above the defaults.
 * @throws EngineError `ADAPTER_LIMIT` naming block and limit
 */
export function requiredLimits(adapter: GPUAdapter, needs: readonly LimitNeed[]): Partial<Record<LimitName, number>> {
  const limits: Partial<Record<LimitName, number>> = {}
  for (const { block, limit, needed } of needs) {
    const available = adapter.limits[limit]
    if (needed > available) {
      throw new EngineError(
        'ADAPTER_LIMIT',
        `'${block}' needs ${needed} of ${limit}, but this adapter has ${available}. Use the engine 'wasm', or a smaller network.`,
        { block, limit, needed, available },
      )
    }
    if (needed > DEFAULTS[limit]) limits[limit] = Math.max(limits[limit] ?? 0, needed)
  }
  return limits
}
