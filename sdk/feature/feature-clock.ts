import { CandleError, FeatureError } from '../errors.ts'
import { formatTimeMs } from '../units.ts'
import { checkCandle } from './check-rows.ts'
import type { FeatureProgram } from './compile-features.ts'
import type { FeatureStream, StreamRow } from './feature-stream.ts'
import { CANDLE_COLUMNS } from './graph/scope.ts'
import { missingInput } from './panel-run.ts'

/** What became of a candle that was pushed. */
export type CandleOutcome =
  /** It is in its tick; `poll` computes that when it is due. */
  | { readonly kind: 'taken' }
  /** It took the place of another version of the same candle, whose tick had not been computed. */
  | { readonly kind: 'corrected' }
  /** The very candle that is there already, as feeds send it after they reconnect: nothing changed. */
  | { readonly kind: 'repeated' }
  | {
      readonly kind: 'refused'
      /**
       * `LATE`: its tick was computed without it; `CORRECTED_LATE`: the newest tick was computed with another version of
       * it; `NOT_CLOSED`: it ends after `nowMs`.
       */
      readonly reason: 'LATE' | 'CORRECTED_LATE' | 'NOT_CLOSED'
      readonly remedy: string
    }

/** A tick that has been computed; the stream holds its values until the next. */
export interface ClockTick {
  readonly openTimeMs: number
  /** Symbols that it was computed without. */
  readonly missing: readonly string[]
  /** Ticks before it, since the one computed last, for which no symbol sent a candle: there are no rows for them. */
  readonly emptyTicks: number
}

export interface FeatureClockOptions {
  /** How long after the candles' close a tick waits for symbols that have not sent theirs, ms. */
  readonly graceMs: number
}

interface OpenTick {
  openTimeMs: number
  /** In the order of the panel. */
  readonly candles: (StreamRow | null)[]
  present: number
}

const TAKEN: CandleOutcome = { kind: 'taken' }
const CORRECTED: CandleOutcome = { kind: 'corrected' }
const REPEATED: CandleOutcome = { kind: 'repeated' }
const ANEW = 'Go on without it, or begin a new stream and replay the candles with it in its place.'
const LATE: CandleOutcome = { kind: 'refused', reason: 'LATE', remedy: ANEW }
const CORRECTED_LATE: CandleOutcome = { kind: 'refused', reason: 'CORRECTED_LATE', remedy: ANEW }
const NOT_CLOSED: CandleOutcome = {
  kind: 'refused',
  reason: 'NOT_CLOSED',
  remedy: 'Push it when it has closed; if it has, nowMs lags behind the exchange: correct it by the difference.',
}

const NONE_MISSING: readonly string[] = []

/**
 * Puts the candles of several symbols, which arrive one by one, together to the ticks of one clock and computes their
 * features. There are no timers inside: the caller says what time it is, by the exchange's clock, so that a recording gives
 * the same ticks as the live feed did.
 *
 * The rule:
 * - A tick is computed when every symbol of the panel has sent its candle, or when `graceMs` have passed since the candles'
 *   close; then without the symbols that are missing, which the tick names. Ticks are computed in the order of time, so a
 *   complete tick waits for an open one before it.
 * - A candle that comes after its tick was computed is refused: later values are made of that tick, and changing it would
 *   change them. So is another version of a candle that was used. The same candle again changes nothing.
 * - Until its tick is computed a candle may be corrected, and candles may come in any order, also those of later ticks.
 * - A candle that has not closed by `nowMs` is refused.
 * - Features of the market are made of the symbols that a tick has; the last value of a leader that is missing stands for it,
 *   48 candles at most.
 * - A symbol that skips ticks is missing from them; a tick for which nobody sends a candle does not exist (`emptyTicks`).
 *
 * @example
 * const clock = new FeatureClock(stream, { graceMs: 5_000 })
 * const outcome = clock.push('BTC/USDT', candle, Date.now())
 * for (let tick = clock.poll(Date.now()); tick; tick = clock.poll(Date.now())) forecast(stream.values, tick)
 * // and again at clock.dueMs, in case no candle comes
 */
export class FeatureClock {
  readonly stream: FeatureStream
  readonly #graceMs: number
  readonly #symbols: ReadonlyMap<string, number>
  /** Columns that a symbol's candles must bring along. */
  readonly #inputs: readonly (readonly string[])[]
  /** Ticks that wait, in the order of time. */
  readonly #open: OpenTick[] = []
  /** For ticks to come. */
  readonly #spare: OpenTick[] = []
  #computed: OpenTick | null = null

  /** @throws FeatureError `BAD_GRACE` */
  constructor(stream: FeatureStream, { graceMs }: FeatureClockOptions) {
    if (!(graceMs >= 0 && graceMs < Number.POSITIVE_INFINITY)) {
      throw new FeatureError('BAD_GRACE', `graceMs is ${graceMs}; expected 0 or more milliseconds, e.g. 5000.`, {
        graceMs,
      })
    }
    const { panelSymbols, graph } = stream.program
    this.stream = stream
    this.#graceMs = graceMs
    this.#symbols = new Map(panelSymbols.map((symbol, s) => [symbol, s]))
    this.#inputs = panelSymbols.map(symbol =>
      graph.sources
        .filter(({ axis, input }) => axis.symbol === symbol && !CANDLE_COLUMNS.some(column => column === input))
        .map(({ input }) => input),
    )
  }

  /**
   * Takes a closed candle in. It is kept, not copied, until the tick after its own has been computed.
   * @param nowMs by the exchange's clock
   * @throws FeatureError `NOT_ON_PANEL`, `MISSING_INPUT`; CandleError `BAD_VALUE`, `MISALIGNED_TIME`
   */
  push(symbol: string, candle: StreamRow, nowMs: number): CandleOutcome {
    const { program, newestMs } = this.stream
    const s = this.#symbols.get(symbol)
    if (s === undefined) throw notOnPanel(symbol, program)
    this.#check(s, candle)
    const { openTimeMs } = candle
    if (openTimeMs <= newestMs) return this.#late(s, candle)
    if (!(openTimeMs + program.stepMs <= nowMs)) return NOT_CLOSED
    const tick = this.#tickAt(openTimeMs)
    const before = tick.candles[s]
    tick.candles[s] = candle
    if (before === null) {
      tick.present++
      return TAKEN
    }
    return isSame(before, candle, this.#inputs[s]) ? REPEATED : CORRECTED
  }

  /**
   * Computes the next tick that is due; call it until it gives null.
   * @param nowMs by the exchange's clock
   * @throws FeatureError `NON_FINITE_FEATURE`; the tick is done all the same
   */
  poll(nowMs: number): ClockTick | null {
    const tick = this.#open[0]
    if (tick === undefined) return null
    if (tick.present < tick.candles.length && !(nowMs >= this.#deadline(tick))) return null
    const { stream } = this
    const { newestMs } = stream
    this.#open.shift()
    if (this.#computed !== null) this.#spare.push(this.#computed)
    this.#computed = tick
    stream.push(tick.openTimeMs, tick.candles)
    const { stepMs, panelSymbols } = stream.program
    const isFirst = newestMs === Number.NEGATIVE_INFINITY
    return {
      openTimeMs: tick.openTimeMs,
      missing:
        tick.present === tick.candles.length ? NONE_MISSING : panelSymbols.filter((_, s) => tick.candles[s] === null),
      emptyTicks: isFirst ? 0 : Math.round((tick.openTimeMs - newestMs) / stepMs) - 1,
    }
  }

  /** When the tick that waits longest is computed at the latest; null when none waits. */
  get dueMs(): number | null {
    const tick = this.#open[0]
    return tick === undefined ? null : this.#deadline(tick)
  }

  #deadline({ openTimeMs }: OpenTick): number {
    return openTimeMs + this.stream.program.stepMs + this.#graceMs
  }

  #check(s: number, candle: StreamRow): void {
    const { program } = this.stream
    const symbol = program.panelSymbols[s]
    if (candle.openTimeMs % program.stepMs !== 0) throw misaligned(symbol, program, candle.openTimeMs)
    checkCandle(candle, symbol, program.timeframe)
    const inputs = this.#inputs[s]
    for (let i = 0; i < inputs.length; i++) {
      if (candle.inputs?.[inputs[i]] !== undefined) continue
      throw missingInput(program, {
        symbol,
        input: inputs[i],
        problem: 'which the candle came without',
        given: Object.keys(candle.inputs ?? {}),
      })
    }
  }

  #late(s: number, candle: StreamRow): CandleOutcome {
    const used = this.#computed?.openTimeMs === candle.openTimeMs ? this.#computed.candles[s] : null
    if (used === null) return LATE
    return isSame(used, candle, this.#inputs[s]) ? REPEATED : CORRECTED_LATE
  }

  #tickAt(openTimeMs: number): OpenTick {
    const open = this.#open
    let at = open.length
    while (at > 0 && open[at - 1].openTimeMs > openTimeMs) at--
    if (at > 0 && open[at - 1].openTimeMs === openTimeMs) return open[at - 1]
    const tick = this.#spare.pop() ?? {
      openTimeMs,
      candles: new Array<StreamRow | null>(this.#inputs.length),
      present: 0,
    }
    tick.openTimeMs = openTimeMs
    tick.candles.fill(null)
    tick.present = 0
    open.splice(at, 0, tick)
    return tick
  }
}

function isSame(a: StreamRow, b: StreamRow, inputs: readonly string[]): boolean {
  if (a.open !== b.open || a.high !== b.high || a.low !== b.low || a.close !== b.close) return false
  // not ===: a value that is not there, NaN, is the same as another such
  return a.volume === b.volume && inputs.every(input => Object.is(a.inputs?.[input], b.inputs?.[input]))
}

function notOnPanel(symbol: string, { panelSymbols }: FeatureProgram): FeatureError {
  return new FeatureError(
    'NOT_ON_PANEL',
    `A candle of ${symbol} came, but no feature needs it; the panel is ${panelSymbols.join(', ')}. Leave it out, or compile the features for it.`,
    { symbol, symbols: panelSymbols },
  )
}

function misaligned(symbol: string, { timeframe }: FeatureProgram, openTimeMs: number): CandleError {
  return new CandleError(
    'MISALIGNED_TIME',
    `${symbol} ${timeframe}: a candle opens at ${formatTimeMs(openTimeMs)} (${openTimeMs}), between two ticks; expected a whole number of ${timeframe} in UTC ms. Push candles of this timeframe by their opening time.`,
    { symbol, timeframe, openTimeMs },
  )
}
