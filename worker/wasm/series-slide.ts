import type { SeriesWindows } from '../../sdk/engine.ts'
import { windowCount } from '../series-batches.ts'
import { bindLstmChains, GROUP, type LstmChain } from './bind/lstm-windows.ts'
import type { Call } from './binding.ts'
import type { SequenceForward } from './sequence-forward.ts'
import type { SequenceProgram } from './sequence-program.ts'
import { SeriesStore } from './series-store.ts'
import { WindowView } from './window-view.ts'

/** Windows of a series that are in memory at once. */
const WINDOWS_PER_CHUNK = 256

/** `slide`: work on single steps once per step, LSTMs eight windows at a time, the rest window by window. */
export class SeriesSlide {
  private readonly program: SequenceProgram
  private readonly own: SequenceForward
  private readonly chains: readonly LstmChain[]
  private readonly stepCalls: readonly Call[]
  private readonly windowCalls: readonly Call[]
  private readonly offsets: { readonly past: number; readonly future: number }
  private readonly quantiles: number
  /** For series whose horizons reach as far as it holds. */
  private store: SeriesStore | null = null

  constructor(program: SequenceProgram, own: SequenceForward) {
    this.program = program
    this.own = own
    const { binding, lstms, calls } = program
    this.chains = bindLstmChains(binding, lstms)
    const chained = new Set(this.chains.flatMap(chain => chain.lstms.flatMap(lstm => lstm.calls)))
    const others = calls.filter(call => !chained.has(call))
    this.stepCalls = [
      ...others.filter(call => call.stage === 'step'),
      ...this.chains.flatMap(chain => chain.projections),
    ]
    this.windowCalls = others.filter(call => call.stage === 'window')
    const { lookback: L, horizons: H, quantiles: Q } = binding.plan.shape
    const { memory } = binding
    this.offsets = { past: memory.allocate(L, 'offsets'), future: memory.allocate(H, 'offsets') }
    memory.setIntegers(
      this.offsets.past,
      Array.from({ length: L }, (_, step) => step * 4),
    )
    this.quantiles = memory.allocate(WINDOWS_PER_CHUNK * H * Q, 'quantiles')
  }

  /** Quantiles `[S − L + 1, H, Q]`. */
  run(series: SeriesWindows): Float32Array {
    const { binding } = this.program
    const { shape } = binding.plan
    const { lookback: L, horizons: H, quantiles: Q, observed: Fo, known: Fk } = shape
    const { horizons, symbol } = series
    const reach = horizons[H - 1] - horizons[0]
    const count = windowCount(series, shape)
    const all = new Float32Array(count * H * Q)
    const store = this.storeFor(reach)
    binding.memory.setIntegers(
      this.offsets.future,
      horizons.map(horizon => (horizon - horizons[0]) * 4),
    )
    const view = new WindowView({
      program: this.program,
      own: this.own.frame,
      store,
      calls: this.windowCalls,
      horizons,
      offsets: this.offsets.future,
    })
    const rows = (values: Float32Array, width: number, from: number, to: number) =>
      values.subarray(from * width, to * width)
    for (let from = 0; from < count; from += WINDOWS_PER_CHUNK) {
      const to = Math.min(count, from + WINDOWS_PER_CHUNK)
      if (from > 0) {
        store.keepLast('past', L - 1)
        store.keepLast('future', reach)
      }
      const past = [from + store.count.past, to + L - 1] as const
      const ahead = L - 1 + horizons[0]
      const future = [ahead + from + store.count.future, ahead + to + reach] as const
      store.append(
        'past',
        past[1] - past[0],
        rows(series.observed, Fo, ...past),
        rows(series.known, Fk, ...past),
        symbol,
      )
      store.append('future', future[1] - future[0], null, rows(series.known, Fk, ...future), symbol)
      this.runChunk(store, view, to - from, symbol)
      const first = this.quantiles / 4
      all.set(binding.memory.floats.subarray(first, first + (to - from) * H * Q), from * H * Q)
    }
    return all
  }

  private runChunk(store: SeriesStore, view: WindowView, windows: number, symbol: number): void {
    const { output, binding } = this.program
    const { horizons: H, quantiles: Q } = binding.plan.shape
    for (let group = 0; group < windows; group += GROUP) {
      for (const chain of this.chains) chain.run(store.frame, group, this.offsets, symbol)
      for (let window = group; window < Math.min(windows, group + GROUP); window++) {
        view.moveTo(window)
        for (const chain of this.chains) {
          for (const { part, field, at, stride, windowStride } of chain.outputs) {
            view.frame.at[part][field] = at + (window - group) * windowStride
            view.frame.stride[part][field] = stride
          }
        }
        output.at = this.quantiles + window * H * Q * 4
        for (const call of this.windowCalls) call.run(view.frame, call.from, call.to - call.from, symbol)
      }
    }
  }

  private storeFor(reach: number): SeriesStore {
    const { lookback: L } = this.program.binding.plan.shape
    const capacity = { past: WINDOWS_PER_CHUNK + L - 1, future: WINDOWS_PER_CHUNK + reach }
    if (!this.store || this.store.capacity.future < capacity.future) {
      this.store = new SeriesStore(this.program, this.stepCalls, capacity)
    }
    return this.store.emptied()
  }
}
