import type { Network } from '../../models/blocks.ts'
import type {
  Engine,
  EngineInfo,
  EngineOutput,
  Follower,
  ForwardOptions,
  SeriesWindows,
  Weights,
  WindowBatch,
} from '../../sdk/engine.ts'
import { EngineError } from '../../sdk/errors.ts'
import { checkBatch, checkSeries } from '../check-batch.ts'
import { compilePlan } from '../plan/compile-plan.ts'
import { followByForward, slideByForward } from '../series-batches.ts'
import { instantiateKernels, unavailable } from './instantiate-kernels.ts'
import { LinearMemory } from './linear-memory.ts'
import { MlpProgram, mlpRunner } from './mlp-program.ts'
import { refuseNonFinite } from './refuse-non-finite.ts'
import type { Runner } from './runner.ts'
import { bindSequenceProgram } from './sequence-program.ts'
import { sequenceRunner } from './sequence-runner.ts'
import { VariableTables } from './variable-tables.ts'
import { wasmFollower } from './wasm-follower.ts'

export interface WasmEngineOptions {
  readonly network: Network
  readonly weights: Weights
  /** Fused multiply-add where the runtime has it (default); without it every runtime gives the same bits. */
  readonly relaxedSimd?: boolean
  /**
   * Read variables' networks off tables where those are exact enough for quantiles within 1e-4 (default false): single
   * windows in half the time, for some MB of memory and some ms at load. `info.uses` tells which are.
   */
  readonly tabulate?: boolean
}

/**
 * Fused WebAssembly SIMD kernels on one thread: each block of the network is one, weights are packed once, and a forward
 * pass allocates nothing but the arrays it returns.
 * @throws EngineError `BACKEND_UNAVAILABLE`, `OUT_OF_MEMORY`, `UNSUPPORTED_NETWORK`
 */
export async function createWasmEngine(options: WasmEngineOptions): Promise<Engine> {
  if (typeof WebAssembly === 'undefined') {
    throw unavailable('this runtime has no WebAssembly', 'choose another engine')
  }
  const memory = new LinearMemory()
  const { kernels, usesRelaxedSimd } = await instantiateKernels(memory.memory, {
    relaxedSimd: options.relaxedSimd ?? true,
  })
  const plan = compilePlan(options.network, options.weights, { fold: true })
  const [first, ...rest] = plan.operations
  const tables = options.tabulate ? new VariableTables(kernels, memory) : null
  const runner =
    first.kind === 'mlp' && rest.length === 0
      ? mlpRunner(new MlpProgram(plan, first, kernels, memory))
      : sequenceRunner(bindSequenceProgram(plan, kernels, memory, tables))
  return new WasmEngine(options.network, runner, [
    ...(usesRelaxedSimd ? ['relaxed-simd'] : []),
    ...(tables?.uses ?? []),
  ])
}

class WasmEngine implements Engine {
  readonly network: Network
  readonly info: EngineInfo
  /** Null once disposed of: memory and code go with it. */
  private live: Runner | null

  constructor(network: Network, runner: Runner, uses: readonly string[]) {
    this.network = network
    this.live = runner
    this.info = {
      kind: 'wasm',
      backend: null,
      workloads: { single: 'wasm', batch: 'wasm' },
      uses,
      reason: 'wasm, as asked for.',
      adapter: null,
      candidates: [],
    }
  }

  async forward(batch: WindowBatch, options: ForwardOptions = {}): Promise<EngineOutput> {
    const runner = this.runner()
    checkBatch(batch, this.network.shape)
    const output = runner.forward(batch, options.explain === true)
    refuseNonFinite(output.quantiles)
    return output
  }

  async slide(series: SeriesWindows): Promise<Float32Array> {
    const runner = this.runner()
    if (!runner.series) return slideByForward(this, series)
    checkSeries(series, this.network.shape)
    const quantiles = runner.series.slide(series)
    refuseNonFinite(quantiles)
    return quantiles
  }

  async follow(series: SeriesWindows): Promise<Follower> {
    const runner = this.runner()
    if (!runner.series) return followByForward(this, series)
    checkSeries(series, this.network.shape)
    const followed = runner.series.follow(series)
    try {
      refuseNonFinite(followed.quantiles)
    } catch (error) {
      followed.release()
      throw error
    }
    return wasmFollower(followed, this.network.shape, () => this.live === null)
  }

  async dispose(): Promise<void> {
    this.live = null
  }

  private runner(): Runner {
    if (this.live) return this.live
    throw new EngineError('DISPOSED', 'The engine has been disposed of; create a new one.')
  }
}
