import type { Call } from './binding.ts'
import { Frame, PARTS, type Part } from './frame.ts'
import { type InputRows, loadScalars } from './input-rows.ts'
import type { SequenceProgram } from './sequence-program.ts'

/** How many steps of a series a store holds at once. */
export type Capacity = Readonly<Record<Part, number>>

/**
 * What depends on single steps of a series, computed once for all windows that look at them: past steps, and apart from
 * them decoder steps, since a step has other inputs and other weights when it is still to come.
 */
export class SeriesStore {
  readonly frame = new Frame()
  readonly capacity: Capacity
  private readonly program: SequenceProgram
  private readonly calls: readonly Call[]
  private readonly rows: InputRows
  /** Steps held so far. */
  readonly count: Record<Part, number> = { past: 0, future: 0 }

  /** @param calls those of stage `step`; every field they use is held */
  constructor(program: SequenceProgram, calls: readonly Call[], capacity: Capacity) {
    this.program = program
    this.calls = calls
    this.capacity = capacity
    const { memory, fields, plan } = program.binding
    for (const part of PARTS) {
      for (const field of fieldsOf(calls, part)) {
        this.frame.allocate(memory, part, field, fields[field], capacity[part])
      }
    }
    this.rows = {
      observed: memory.allocate(capacity.past * plan.shape.observed, 'inputs'),
      known: memory.allocate(Math.max(capacity.past, capacity.future) * plan.shape.known, 'inputs'),
    }
  }

  /** Appends steps with these rows of inputs (a decoder step has no observed ones). */
  append(part: Part, steps: number, observed: Float32Array | null, known: Float32Array, symbol: number): void {
    const { binding, scalars } = this.program
    const { floats } = binding.memory
    if (observed) floats.set(observed, this.rows.observed / 4)
    floats.set(known, this.rows.known / 4)
    const first = this.count[part]
    for (const field of scalars) {
      if (field.spans.some(span => span.part === part)) {
        loadScalars(binding, field, this.rows, this.frame, part, first, steps)
      }
    }
    for (const call of this.calls) if (call.part === part) call.run(this.frame, first, steps, symbol)
    this.count[part] += steps
  }

  /** Whether a field's steps are held here. */
  holds(part: Part, field: number): boolean {
    return this.calls.some(call => call.part === part && call.writes.includes(field))
  }

  /** Forgets every step. */
  emptied(): this {
    this.count.past = 0
    this.count.future = 0
    return this
  }

  /** Forgets all but the last `kept` steps, which become the first. */
  keepLast(part: Part, kept: number): void {
    const { memory, fields } = this.program.binding
    const { floats } = memory
    const from = this.count[part] - kept
    for (const index of fieldsOf(this.calls, part)) {
      const at = this.frame.at[part][index] / 4
      const stride = this.frame.stride[part][index] / 4
      if (fields[index].layout === 'steps') {
        floats.copyWithin(at, at + from * stride, at + this.count[part] * stride)
        continue
      }
      for (let row = 0; row < fields[index].width; row++) {
        const start = at + row * stride
        floats.copyWithin(start, start + from, start + this.count[part])
      }
    }
    this.count[part] = kept
  }
}

function fieldsOf(calls: readonly Call[], part: Part): Set<number> {
  return new Set(calls.filter(call => call.part === part).flatMap(call => [...call.reads, ...call.writes]))
}
