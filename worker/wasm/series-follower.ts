import type { SeriesWindows } from '../../sdk/engine.ts'
import type { Call } from './binding.ts'
import type { SequenceForward } from './sequence-forward.ts'
import type { SequenceProgram } from './sequence-program.ts'
import { SeriesStore } from './series-store.ts'
import { WindowView } from './window-view.ts'

/** Steps that fit behind a window before the store moves it back to its front. */
const SLACK_STEPS = 64

/** `follow`'s memory for one series: its last window's steps, and room for new ones. Given back and used again. */
export class FollowedSeries {
  readonly reach: number
  private readonly program: SequenceProgram
  private readonly own: SequenceForward
  private readonly store: SeriesStore
  private readonly windowCalls: readonly Call[]
  private readonly offsets: number
  private readonly quantiles: number
  private view: WindowView | null = null
  private symbol = 0
  /** Known features of the steps that are still to come, `[last horizon, Fk]`. */
  private ahead = new Float32Array(0)

  constructor(program: SequenceProgram, own: SequenceForward, reach: number) {
    this.program = program
    this.own = own
    this.reach = reach
    const { binding, calls } = program
    const { lookback: L, horizons: H, quantiles: Q } = binding.plan.shape
    const capacity = { past: L + SLACK_STEPS, future: reach + 1 + SLACK_STEPS }
    this.windowCalls = calls.filter(call => call.stage === 'window')
    this.store = new SeriesStore(
      program,
      calls.filter(call => call.stage === 'step'),
      capacity,
    )
    this.offsets = binding.memory.allocate(H, 'offsets')
    this.quantiles = binding.memory.allocate(H * Q, 'quantiles')
  }

  /** Starts at a series' last window; returns its quantiles `[H, Q]`. */
  start(series: SeriesWindows): Float32Array {
    const { lookback: L, observed: Fo, known: Fk } = this.program.binding.plan.shape
    const { horizons, symbol, observed, known } = series
    const steps = observed.length / Fo
    this.program.binding.memory.setIntegers(
      this.offsets,
      horizons.map(horizon => (horizon - horizons[0]) * 4),
    )
    this.symbol = symbol
    this.ahead = known.slice(steps * Fk)
    this.view = new WindowView({
      program: this.program,
      own: this.own.frame,
      store: this.store.emptied(),
      calls: this.windowCalls,
      horizons,
      offsets: this.offsets,
    })
    const first = steps - L
    const past = known.subarray(first * Fk, steps * Fk)
    this.store.append('past', L, observed.subarray(first * Fo), past, symbol)
    this.store.append('future', this.reach + 1, null, known.subarray((steps - 1 + horizons[0]) * Fk), symbol)
    return this.forecast()
  }

  /** Moves on by one step: its observed features, and the known ones of the step that the longest horizon now reaches. */
  push(observed: Float32Array, known: Float32Array): Float32Array {
    const { store, symbol, ahead } = this
    const { lookback: L, known: Fk } = this.program.binding.plan.shape
    if (store.count.past === store.capacity.past) {
      store.keepLast('past', L - 1)
      store.keepLast('future', this.reach)
    }
    store.append('past', 1, observed, ahead.subarray(0, Fk), symbol)
    ahead.copyWithin(0, Fk)
    ahead.set(known, ahead.length - Fk)
    store.append('future', 1, null, known, symbol)
    return this.forecast()
  }

  private forecast(): Float32Array {
    const { output, binding } = this.program
    const { lookback: L, horizons: H, quantiles: Q } = binding.plan.shape
    const view = this.view!
    view.moveTo(this.store.count.past - L)
    output.at = this.quantiles
    for (const call of this.windowCalls) call.run(view.frame, call.from, call.to - call.from, this.symbol)
    return binding.memory.floats.slice(this.quantiles / 4, this.quantiles / 4 + H * Q)
  }
}
