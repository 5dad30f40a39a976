import * as tf from '@tensorflow/tfjs-core'
import type { Network } from '../../models/blocks.ts'
import type {
  AdapterFacts,
  Engine,
  EngineExplanation,
  EngineInfo,
  EngineOutput,
  Follower,
  ForwardOptions,
  SeriesWindows,
  TfjsBackend,
  Weights,
  WindowBatch,
} from '../../sdk/engine.ts'
import { EdgeQuantError, EngineError } from '../../sdk/errors.ts'
import { checkBatch } from '../check-batch.ts'
import { followByForward, slideByForward } from '../series-batches.ts'
import { activateBackend, onBackend, type WasmPaths } from './backend.ts'
import { forwardNetwork } from './network.ts'

export interface TfjsEngineOptions {
  readonly network: Network
  readonly weights: Weights
  readonly backend: TfjsBackend
  readonly wasmPaths?: WasmPaths | undefined
  /** What the caller found out about the GPU, for `info`. */
  readonly adapter?: AdapterFacts | null
}

/**
 * The reference engine: any network of the vocabulary in plain tfjs ops, on any tfjs backend. Right everywhere, fast
 * nowhere.
 * @throws EngineError `BACKEND_UNAVAILABLE`
 */
export async function createTfjsEngine(options: TfjsEngineOptions): Promise<Engine> {
  await activateBackend(options.backend, options.wasmPaths)
  return onBackend(options.backend, () => new TfjsEngine(options))
}

class TfjsEngine implements Engine {
  readonly network: Network
  readonly info: EngineInfo
  private readonly backend: TfjsBackend
  private readonly parameters: Map<string, tf.Tensor>
  private disposed = false

  constructor({ network, weights, backend, adapter }: TfjsEngineOptions) {
    this.network = network
    this.backend = backend
    this.info = {
      kind: 'tfjs',
      backend,
      workloads: { single: 'tfjs', batch: 'tfjs' },
      uses: [],
      reason: `tfjs on ${backend}, as asked for.`,
      adapter: adapter ?? null,
      candidates: [],
    }
    this.parameters = new Map(
      [...weights].map(([name, w]) => [name, tf.keep(tf.tensor(w.data, [...w.shape], 'float32'))]),
    )
  }

  async forward(batch: WindowBatch, options: ForwardOptions = {}): Promise<EngineOutput> {
    this.refuseWhenDisposed()
    checkBatch(batch, this.network.shape)
    try {
      return await this.computeAndRead(batch, options.explain === true)
    } catch (error) {
      if (error instanceof EdgeQuantError) throw error
      const cause = error instanceof Error ? error.message : String(error)
      throw new EngineError(
        'COMPUTE_FAILED',
        `tfjs on ${this.info.backend} failed to compute ${batch.size} windows: ${cause}. ` +
          'The device may be lost or out of memory: create a new engine, try smaller batches, or choose another backend.',
        { backend: this.info.backend, batchSize: batch.size, cause },
      )
    }
  }

  private async computeAndRead(batch: WindowBatch, explain: boolean): Promise<EngineOutput> {
    const tensors = await onBackend(this.backend, () => this.compute(batch, explain))
    try {
      const [quantiles, attention, pastWeights, futureWeights] = (await Promise.all(
        tensors.map(t => t.data()),
      )) as Float32Array[]
      if (!quantiles!.every(Number.isFinite)) {
        throw new EngineError(
          'NON_FINITE_OUTPUT',
          `tfjs on ${this.info.backend} returned a non-finite quantile for finite inputs; do not use this backend on this device.`,
          { backend: this.info.backend },
        )
      }
      const explanation: EngineExplanation | undefined = attention && {
        attention,
        pastWeights: pastWeights!,
        futureWeights: futureWeights!,
      }
      return explanation ? { quantiles: quantiles!, explanation } : { quantiles: quantiles! }
    } finally {
      tf.dispose(tensors)
    }
  }

  slide(series: SeriesWindows): Promise<Float32Array> {
    return slideByForward(this, series)
  }

  follow(series: SeriesWindows): Promise<Follower> {
    return followByForward(this, series)
  }

  private refuseWhenDisposed(): void {
    if (!this.disposed) return
    throw new EngineError('DISPOSED', 'The engine has been disposed of; create a new one.')
  }

  private compute(batch: WindowBatch, explain: boolean): tf.Tensor[] {
    this.refuseWhenDisposed() // perhaps while this was waiting for its turn
    const { lookback, horizons, observed, known } = this.network.shape
    const B = batch.size
    return tf.tidy(() => {
      const values = forwardNetwork(this.network, this.parameters, {
        observed: tf.tensor3d(batch.observed, [B, lookback, observed]),
        known: tf.tensor3d(batch.known, [B, lookback + horizons, known]),
        symbols: tf.tensor1d(batch.symbols, 'int32'),
      })
      const { quantiles, attention, pastWeights, futureWeights } = this.network.outputs
      const names = explain ? [quantiles, attention, pastWeights, futureWeights] : [quantiles]
      return names.filter(name => name !== undefined).map(name => values.get(name)!)
    })
  }

  async dispose(): Promise<void> {
    if (this.disposed) return
    this.disposed = true
    tf.dispose([...this.parameters.values()])
    this.parameters.clear()
  }
}
