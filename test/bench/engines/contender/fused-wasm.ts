import { type Contender, ofEngine } from './contender.ts'

export interface FusedWasmOptions {
  /** Fused multiply-add, where the runtime has it. */
  readonly relaxedSimd: boolean
  /** Variables' networks from tables, where the engine finds them exact enough. */
  readonly tabulate?: boolean
}

/** Our kernels on one thread. */
export const fusedWasm = (o: FusedWasmOptions): Contender => ({
  async open({ network, weights }) {
    const { createWasmEngine } = await import('../../../../worker/wasm/wasm-engine.ts')
    return ofEngine(await createWasmEngine({ network, weights, ...o }))
  },
})
