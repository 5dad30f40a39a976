import type { EngineExplanation, EngineOutput, WindowBatch } from '../../sdk/engine.ts'
import { WindowExplainer } from './explanation.ts'
import { Frame, PARTS } from './frame.ts'
import { loadScalars } from './input-rows.ts'
import type { SequenceProgram } from './sequence-program.ts'

/** Windows whose inputs and quantiles are in memory at once. */
const WINDOWS_PER_COPY = 16

/** `forward`: windows one after the other through one frame. */
export class SequenceForward {
  private readonly program: SequenceProgram
  readonly frame = new Frame()
  private readonly observed: number
  private readonly known: number
  private readonly quantiles: number

  constructor(program: SequenceProgram) {
    this.program = program
    const { memory, plan, fields } = program.binding
    const { lookback: L, horizons: H, observed: Fo, known: Fk, quantiles: Q } = plan.shape
    for (const part of PARTS) {
      fields.forEach((field, index) => {
        this.frame.allocate(memory, part, index, field, part === 'past' ? L : H)
      })
    }
    this.observed = memory.allocate(WINDOWS_PER_COPY * L * Fo, 'inputs')
    this.known = memory.allocate(WINDOWS_PER_COPY * (L + H) * Fk, 'inputs')
    this.quantiles = memory.allocate(WINDOWS_PER_COPY * H * Q, 'quantiles')
  }

  run(batch: WindowBatch, explain: boolean): EngineOutput {
    const { plan, memory } = this.program.binding
    const { lookback: L, horizons: H, observed: Fo, known: Fk, quantiles: Q } = plan.shape
    const quantiles = new Float32Array(batch.size * H * Q) // [B, H, Q]
    const { explained } = this.program
    const explainer =
      explain && explained ? new WindowExplainer(this.program.binding, explained, this.frame, batch.size) : null
    for (let from = 0; from < batch.size; from += WINDOWS_PER_COPY) {
      const count = Math.min(WINDOWS_PER_COPY, batch.size - from)
      const { floats } = memory
      floats.set(slice(batch.observed, from, count, L * Fo), this.observed / 4)
      floats.set(slice(batch.known, from, count, (L + H) * Fk), this.known / 4)
      for (let w = 0; w < count; w++) {
        this.runWindow(w, batch.symbols[from + w])
        explainer?.read(from + w)
      }
      const first = this.quantiles / 4
      quantiles.set(floats.subarray(first, first + count * H * Q), from * H * Q)
    }
    const explanation: EngineExplanation | undefined = explainer?.explanation
    return explanation ? { quantiles, explanation } : { quantiles }
  }

  private runWindow(window: number, symbol: number): void {
    const { binding, calls, scalars, output } = this.program
    const { lookback: L, horizons: H, observed: Fo, known: Fk, quantiles: Q } = binding.plan.shape
    const past = {
      observed: this.observed + window * L * Fo * 4,
      known: this.known + window * (L + H) * Fk * 4,
    }
    const future = { observed: past.observed, known: past.known + L * Fk * 4 }
    for (const field of scalars) {
      for (const { part, from, to } of field.spans) {
        const rows = part === 'past' ? past : future
        const at = {
          observed: rows.observed + from * Fo * 4,
          known: rows.known + from * Fk * 4,
        }
        loadScalars(binding, field, at, this.frame, part, from, to - from)
      }
    }
    output.at = this.quantiles + window * H * Q * 4
    for (const call of calls) call.run(this.frame, call.from, call.to - call.from, symbol)
  }
}

const slice = (values: Float32Array, from: number, count: number, width: number): Float32Array =>
  values.length === count * width ? values : values.subarray(from * width, (from + count) * width)
