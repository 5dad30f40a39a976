import type { Contender } from './contender/contender.ts'
import { fusedWasm } from './contender/fused-wasm.ts'
import { fusedWebgpu } from './contender/fused-webgpu.ts'
import { onnx } from './contender/onnx.ts'
import { tfjs } from './contender/tfjs.ts'
import { tfjsAsWritten } from './contender/tfjs-as-written.ts'

export interface ContenderFacts {
  /** In tables. */
  readonly title: string
  readonly where: readonly ('node' | 'chromium')[]
  readonly threads: number
  readonly gpu: boolean
  /** What its engine must say that it uses: where it cannot, it would be another contender's double. */
  readonly needs?: string
  readonly contender: Contender
}

const EVERYWHERE = ['node', 'chromium'] as const
const IN_CHROMIUM = ['chromium'] as const

/** All that take part, ours first. */
export const CONTENDERS = {
  fusedWasm: {
    title: 'fused wasm, exact',
    where: EVERYWHERE,
    threads: 1,
    gpu: false,
    contender: fusedWasm({ relaxedSimd: false }),
  },
  fusedWasmRelaxed: {
    title: 'fused wasm, relaxed multiply-add',
    where: EVERYWHERE,
    threads: 1,
    gpu: false,
    needs: 'relaxed-simd',
    contender: fusedWasm({ relaxedSimd: true }),
  },
  fusedWasmTabulated: {
    title: 'fused wasm, tabulated variables',
    where: EVERYWHERE,
    threads: 1,
    gpu: false,
    needs: 'tabulated-variables',
    contender: fusedWasm({ relaxedSimd: true, tabulate: true }),
  },
  fusedWebgpu: { title: 'fused webgpu', where: IN_CHROMIUM, threads: 1, gpu: true, contender: fusedWebgpu },
  tfjsWasm: {
    title: 'tfjs wasm, as written',
    where: EVERYWHERE,
    threads: 1,
    gpu: false,
    contender: tfjsAsWritten('wasm'),
  },
  tfjsEngineWasm: {
    title: 'tfjs wasm, our reference engine',
    where: EVERYWHERE,
    threads: 1,
    gpu: false,
    contender: tfjs('wasm'),
  },
  ortWasm: {
    title: 'onnxruntime-web wasm, 1 thread',
    where: EVERYWHERE,
    threads: 1,
    gpu: false,
    contender: onnx({ provider: 'wasm', threads: 1 }),
  },
  ortWasm2: {
    title: 'onnxruntime-web wasm, 2 threads',
    where: EVERYWHERE,
    threads: 2,
    gpu: false,
    contender: onnx({ provider: 'wasm', threads: 2 }),
  },
  tfjsWebgpu: {
    title: 'tfjs webgpu, as written',
    where: IN_CHROMIUM,
    threads: 1,
    gpu: true,
    contender: tfjsAsWritten('webgpu'),
  },
  ortWebgpu: {
    title: 'onnxruntime-web webgpu',
    where: IN_CHROMIUM,
    threads: 1,
    gpu: true,
    contender: onnx({ provider: 'webgpu', threads: 1 }),
  },
} as const satisfies Record<string, ContenderFacts>

export type ContenderId = keyof typeof CONTENDERS

export const CONTENDER_IDS = Object.keys(CONTENDERS) as ContenderId[]

export const factsOf = (id: ContenderId): ContenderFacts => CONTENDERS[id]
