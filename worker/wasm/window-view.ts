import type { Call } from './binding.ts'
import { Frame, PARTS, type Part } from './frame.ts'
import type { SequenceProgram } from './sequence-program.ts'
import type { SeriesStore } from './series-store.ts'

/**
 * One window of a series as the calls of stage `window` see it: their own fields, the past where the store holds it, and
 * the decoder's steps gathered from the store.
 */
export class WindowView {
  readonly frame = new Frame()
  private readonly program: SequenceProgram
  private readonly store: SeriesStore
  private readonly shared: Readonly<Record<Part, readonly number[]>>
  /** Bytes from the first decoder step to each, `[H]`. */
  private readonly horizons: readonly number[]
  private readonly offsets: number

  /**
   * @param own a frame that holds a whole window
   * @param calls those of stage `window` that will run on the view
   * @param offsets where each decoder step's distance from the first lies in memory, in bytes, `[H]`
   */
  constructor(o: {
    readonly program: SequenceProgram
    readonly own: Frame
    readonly store: SeriesStore
    readonly calls: readonly Call[]
    readonly horizons: readonly number[]
    readonly offsets: number
  }) {
    this.program = o.program
    this.store = o.store
    this.offsets = o.offsets
    this.horizons = o.horizons.map(horizon => horizon - o.horizons[0])
    for (const part of PARTS) {
      this.frame.at[part].push(...o.own.at[part])
      this.frame.stride[part].push(...o.own.stride[part])
    }
    const reads = (part: Part) => new Set(o.calls.filter(call => call.part === part).flatMap(call => call.reads))
    const held = (part: Part) => [...reads(part)].filter(field => o.store.holds(part, field))
    this.shared = { past: held('past'), future: held('future') }
    for (const field of this.shared.past) this.frame.stride.past[field] = o.store.frame.stride.past[field]
  }

  /** Moves to the window whose past begins at the store's step `first`. */
  moveTo(first: number): void {
    const { fields, kernels, memory } = this.program.binding
    const { frame: stored } = this.store
    for (const field of this.shared.past) {
      this.frame.at.past[field] = stored.step('past', field, fields[field], first)
    }
    for (const index of this.shared.future) {
      const field = fields[index]
      const to = this.frame.at.future[index]
      const toStride = this.frame.stride.future[index]
      const stride = stored.stride.future[index]
      const from = stored.step('future', index, field, first)
      if (field.layout === 'features') {
        kernels.gatherSteps(from, stride, this.offsets, this.horizons.length, field.width, to, toStride)
      } else {
        this.horizons.forEach((step, k) => {
          const start = (from + step * stride) / 4
          memory.floats.copyWithin((to + k * toStride) / 4, start, start + stride / 4)
        })
      }
    }
  }
}
