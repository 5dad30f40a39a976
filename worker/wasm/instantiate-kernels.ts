import { EngineError } from '../../sdk/errors.ts'
import { PLAIN_KERNELS, RELAXED_KERNELS } from './kernels.generated.ts'
import type { Kernels } from './kernels.ts'

/**
 * `(module (func (result v128) v128.const 0 … v128.const 0 … v128.const 0 … f32x4.relaxed_madd))`: valid where relaxed
 * SIMD is.
 */
const RELAXED_PROBE = probe([0x85, 0x02])
/** The same with `i32x4.add` of two: valid where SIMD is. */
const SIMD_PROBE = probe([0xae, 0x01], 2)

function probe(opcode: readonly number[], operands = 3): Uint8Array<ArrayBuffer> {
  const zero = [0xfd, 0x0c, ...new Array<number>(16).fill(0)]
  const body = [0, ...new Array(operands).fill(zero).flat(), 0xfd, ...opcode, 0x0b]
  const code = [1, body.length, ...body]
  return Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 5, 1, 0x60, 0, 1, 0x7b],
    ...[3, 2, 1, 0],
    ...[10, code.length, ...code],
  )
}

/** Kernels over a memory, and what of the runtime they use. */
export interface KernelInstance {
  readonly kernels: Kernels
  readonly usesRelaxedSimd: boolean
}

/**
 * @param o `relaxedSimd`: use it where the runtime has it; results then differ by rounding from runtimes without it.
 * @throws EngineError `BACKEND_UNAVAILABLE`
 */
export async function instantiateKernels(
  memory: WebAssembly.Memory,
  o: { readonly relaxedSimd: boolean },
): Promise<KernelInstance> {
  if (!WebAssembly.validate(SIMD_PROBE)) {
    throw unavailable('this runtime has no WebAssembly SIMD', 'choose another engine, or update the browser')
  }
  const usesRelaxedSimd = o.relaxedSimd && WebAssembly.validate(RELAXED_PROBE)
  const bytes = fromHex(usesRelaxedSimd ? RELAXED_KERNELS : PLAIN_KERNELS)
  try {
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } })
    return { kernels: instance.exports as unknown as Kernels, usesRelaxedSimd }
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    throw unavailable(
      `the runtime refused to compile the kernels (${cause})`,
      "if a Content-Security-Policy forbids it, add 'wasm-unsafe-eval' to script-src, or choose another engine",
    )
  }
}

const fromHex = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))

export function unavailable(problem: string, remedy: string): EngineError {
  return new EngineError('BACKEND_UNAVAILABLE', `The engine 'wasm' cannot run: ${problem}; ${remedy}.`, {
    engine: 'wasm',
    problem,
  })
}
