import type { WindowBatch } from '../../sdk/engine.ts'
import type { MlpOperation, Plan } from '../plan/plan.ts'
import type { Kernels } from './kernels.ts'
import type { LinearMemory } from './linear-memory.ts'
import { packDense, padTo, withoutBias } from './pack.ts'
import type { Runner } from './runner.ts'

/** Windows whose inputs and quantiles are in memory at once; eights of them run in the lanes of a tile. */
const WINDOWS_PER_COPY = 256
const LANES = 8

interface Layer {
  readonly packed: number
  readonly inputs: number
  readonly outputs: number
  /** Where its outputs go, `[N][8]`. */
  readonly at: number
}

/** An MLP with its head, eight windows at a time. */
export class MlpProgram {
  private readonly kernels: Kernels
  private readonly memory: LinearMemory
  private readonly plan: Plan
  private readonly operation: MlpOperation
  private readonly rows: Readonly<Record<'observed' | 'known', number>>
  private readonly inputs: number
  private readonly layers: readonly Layer[]
  private readonly matrix: number
  private readonly skip: number
  private readonly lanes: number
  private readonly scratch: number
  private readonly quantiles: number

  /** @throws EngineError `OUT_OF_MEMORY` */
  constructor(plan: Plan, operation: MlpOperation, kernels: Kernels, memory: LinearMemory) {
    this.plan = plan
    this.operation = operation
    this.kernels = kernels
    this.memory = memory
    const { name, inputWidth, layers, horizons: H, quantiles: Q, matrix, skip } = operation
    this.inputs = memory.allocate(inputWidth * LANES, name)
    this.layers = layers.map(({ matrix, bias }, i) => {
      // What one layer's scale brings in, the next one's takes out: only the first matrix is scaled, and every bias.
      const scaled = i === 0 ? matrix : { ...matrix, data: matrix.data.map(w => w / -Math.LOG2E) }
      return {
        packed: memory.place(
          packDense({ matrix: scaled, bias }, () => -Math.LOG2E),
          name,
        ),
        inputs: matrix.rows,
        outputs: matrix.columns,
        at: memory.allocate(padTo(4, matrix.columns) * LANES, name),
      }
    })
    this.matrix = memory.place(
      packDense(withoutBias(matrix), () => (layers.length > 0 ? -Math.LN2 : 1)),
      name,
    )
    this.skip = memory.place(packDense(withoutBias(skip)), name)
    this.lanes = memory.place(packWindowLanes(operation), name)
    this.scratch = memory.allocate((padTo(4, H * (Q + 1)) + padTo(4, H) + Q) * LANES, name)
    const { lookback, horizons, observed, known } = plan.shape
    this.rows = {
      observed: memory.allocate(WINDOWS_PER_COPY * lookback * observed, 'inputs'),
      known: memory.allocate(WINDOWS_PER_COPY * (lookback + horizons) * known, 'inputs'),
    }
    this.quantiles = memory.allocate(WINDOWS_PER_COPY * H * Q, 'quantiles')
  }

  /** Quantiles `[B, H, Q]`. */
  run(batch: WindowBatch): Float32Array {
    const { horizons: H, quantiles: Q } = this.operation
    const all = new Float32Array(batch.size * H * Q)
    for (let from = 0; from < batch.size; from += WINDOWS_PER_COPY) {
      const count = Math.min(WINDOWS_PER_COPY, batch.size - from)
      const { floats } = this.memory
      for (const tensor of ['observed', 'known'] as const) {
        const width = this.widthOf(tensor)
        floats.set(batch[tensor].subarray(from * width, (from + count) * width), this.rows[tensor] / 4)
      }
      for (let window = 0; window < count; window += LANES) this.runTile(window, Math.min(LANES, count - window))
      const first = this.quantiles / 4
      all.set(floats.subarray(first, first + count * H * Q), from * H * Q)
    }
    return all
  }

  private widthOf(tensor: 'observed' | 'known'): number {
    const { lookback, horizons, observed, known } = this.plan.shape
    return tensor === 'observed' ? lookback * observed : (lookback + horizons) * known
  }

  private runTile(window: number, windows: number): void {
    const { kernels } = this
    const { inputs, inputWidth, horizons: H, quantiles: Q } = this.operation
    let row = this.inputs
    for (const tensor of inputs) {
      const width = this.widthOf(tensor)
      kernels.transpose(this.rows[tensor] + window * width * 4, width * 4, windows, width, row, LANES * 4)
      row += width * LANES * 4
    }
    let x = this.inputs
    let K = inputWidth
    for (const layer of this.layers) {
      kernels.mlpLayer(x, K, layer.packed, layer.outputs, layer.at)
      x = layer.at
      K = layer.outputs
    }
    const out = this.quantiles + window * H * Q * 4
    kernels.mlpHead(x, K, this.matrix, this.inputs, inputWidth, this.skip, H, Q, this.lanes, windows, this.scratch, out)
  }
}

export const mlpRunner = (program: MlpProgram): Runner => ({
  forward: batch => ({ quantiles: program.run(batch) }),
  series: null,
})

/** For each horizon, the same for every lane: biases `[Q + 1][8]` and mobility `[8]`. */
function packWindowLanes({ horizons: H, quantiles: Q, head }: MlpOperation): Float64Array {
  const perHorizon = Q + 2
  const packed = new Float64Array(H * perHorizon * LANES)
  for (let h = 0; h < H; h++) {
    for (let c = 0; c < perHorizon; c++) {
      const value = c === Q + 1 ? head.mobility[h] : head.bias[h * (Q + 1) + c]
      packed.fill(value, (h * perHorizon + c) * LANES, (h * perHorizon + c + 1) * LANES)
    }
  }
  return packed
}
