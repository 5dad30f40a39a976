import type { EngineExplanation } from '../../sdk/engine.ts'
import type { Binding } from './binding.ts'
import type { Frame, Part } from './frame.ts'
import type { Explained } from './sequence-program.ts'

/** Collects what the windows of a batch looked at, window by window, while it is still in memory. */
export class WindowExplainer {
  readonly explanation: EngineExplanation
  private readonly binding: Binding
  private readonly explained: Explained
  private readonly frame: Frame

  constructor(binding: Binding, explained: Explained, frame: Frame, windows: number) {
    this.binding = binding
    this.explained = explained
    this.frame = frame
    const { lookback: L, horizons: H, observed: Fo, known: Fk } = binding.plan.shape
    this.explanation = {
      attention: new Float32Array(windows * H * (L + H)),
      pastWeights: new Float32Array(windows * L * (Fo + Fk)),
      futureWeights: new Float32Array(windows * H * Fk),
    }
  }

  read(window: number): void {
    const { explained, binding } = this
    const { lookback: L, horizons: H } = binding.plan.shape
    this.readAttention(window)
    this.readWeights('past', explained.past, window, L, this.explanation.pastWeights)
    this.readWeights('future', explained.future, window, H, this.explanation.futureWeights)
  }

  private readAttention(window: number): void {
    const { binding, explained } = this
    const { lookback: L, horizons: H } = binding.plan.shape
    const { floats } = binding.memory
    const { attention } = this.explanation
    let row = window * H * (L + H)
    for (const { at, queries, keys } of explained.attention) {
      for (let query = 0; query < queries; query++) {
        const tile = at / 4 + (query >> 3) * keys * 8 + (query & 7)
        for (let key = 0; key < keys; key++) attention[row + key] = floats[tile + key * 8]
        row += L + H
      }
    }
  }

  private readWeights(part: Part, field: number, window: number, steps: number, weights: Float32Array): void {
    const { memory, fields } = this.binding
    const { floats } = memory
    const variables = fields[field].width
    const from = this.frame.at[part][field] / 4
    const stride = this.frame.stride[part][field] / 4
    let to = window * steps * variables
    for (let step = 0; step < steps; step++) {
      for (let v = 0; v < variables; v++) weights[to++] = floats[from + v * stride + step]
    }
  }
}
