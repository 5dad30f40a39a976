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
import { checkBatch } from '../check-batch.ts'
import { compilePlan } from '../plan/compile-plan.ts'
import { followByForward, slideByForward } from '../series-batches.ts'
import { instantiateKernels, unavailable } from './instantiate-kernels.ts'
import { LinearMemory } from './linear-memory.ts'
import { MlpProgram } from './mlp-program.ts'
import { SequenceForward } from './sequence-forward.ts'
import { bindSequenceProgram } from './sequence-program.ts'

export interface WasmEngineOptions {
  readonly network: Network
  readonly weights: Weights
  /** Fused multiply-add where the runtime has it (default); without it every runtime gives the same bits. */
  readonly relaxedSimd?: boolean
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
  const run =
    first.kind === 'mlp' && rest.length === 0
      ? mlpRunner(new MlpProgram(plan, first, kernels, memory))
      : sequenceRunner(new SequenceForward(bindSequenceProgram(plan, kernels, memory)))
  return new WasmEngine(options.network, run, usesRelaxedSimd)
}

type Runner = (batch: WindowBatch, explain: boolean) => EngineOutput

const mlpRunner =
  (program: MlpProgram): Runner =>
  batch => ({ quantiles: program.run(batch) })

const sequenceRunner =
  (forward: SequenceForward): Runner =>
  (batch, explain) =>
    forward.run(batch, explain)

class WasmEngine implements Engine {
  readonly network: Network
  readonly info: EngineInfo
  /** Null once disposed of: memory and code go with it. */
  private run: Runner | null

  constructor(network: Network, run: Runner, usesRelaxedSimd: boolean) {
    this.network = network
    this.run = run
    this.info = {
      kind: 'wasm',
      backend: null,
      workloads: { single: 'wasm', batch: 'wasm' },
      uses: usesRelaxedSimd ? ['relaxed-simd'] : [],
      reason: 'wasm, as asked for.',
      adapter: null,
      candidates: [],
    }
  }

  async forward(batch: WindowBatch, options: ForwardOptions = {}): Promise<EngineOutput> {
    const run = this.runner()
    checkBatch(batch, this.network.shape)
    const output = run(batch, options.explain === true)
    refuseNonFinite(output.quantiles)
    return output
  }

  async slide(series: SeriesWindows): Promise<Float32Array> {
    return slideByForward(this, series)
  }

  async follow(series: SeriesWindows): Promise<Follower> {
    return followByForward(this, series)
  }

  async dispose(): Promise<void> {
    this.run = null
  }

  private runner(): Runner {
    if (this.run) return this.run
    throw new EngineError('DISPOSED', 'The engine has been disposed of; create a new one.')
  }
}

function refuseNonFinite(quantiles: Float32Array): void {
  for (let i = 0; i < quantiles.length; i++) {
    if (quantiles[i] - quantiles[i] === 0) continue
    throw new EngineError(
      'NON_FINITE_OUTPUT',
      `The engine 'wasm' returned the quantile ${quantiles[i]} for finite inputs; the weights may be too large for float32.`,
      { engine: 'wasm', index: i, value: String(quantiles[i]) },
    )
  }
}
