import { type TimeRange, unionRanges } from '../../candle/time-ranges.ts'
import { FeatureError } from '../../errors.ts'
import { formatTimeMs } from '../../units.ts'
import type { ResolvedInput } from './feature-inputs.ts'
import type { Fold } from './fold.ts'
import { INPUT_SOURCES, type InputSource, type InputSourceName } from './input-source.ts'

/** Events of one source, by column, in order of time: as the trainer’s store gives them. */
export interface InputEvents {
  readonly length: number
  readonly columns: Readonly<Record<string, Float64Array | readonly string[]>>
  /** The times for which these are all events there were; only sums over candles ask for it. */
  readonly covered: readonly TimeRange[]
}

/** Where everything that happened is there. */
export const ALL_TIMES: readonly TimeRange[] = [{ fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }]

/** Events that a stream has room for at first. */
const INITIAL_EVENTS = 64

/**
 * Turns one source's events into input columns, candle after candle. An event counts from when it is known, so events
 * may be given long before, as a batch does, or as they come: the values are the same.
 */
export class SourceFollower {
  /** Names of the columns it makes. */
  readonly names: readonly string[]
  readonly #source: InputSource
  readonly #sourceName: InputSourceName
  readonly #folds: readonly Fold[]
  readonly #needsCoverage: readonly boolean[]
  readonly #covered: readonly TimeRange[]
  readonly #eventColumns: readonly string[]
  readonly #columns: Record<string, Float64Array>
  readonly #stepMs: number
  readonly #delayMs: number
  /** First event that no candle has seen, and how many there are. */
  #next = 0
  #length = 0
  #newestMs = Number.NEGATIVE_INFINITY
  #closeMs = Number.NEGATIVE_INFINITY

  /**
   * @param events of a batch, all at once; of a stream, none
   * @throws FeatureError `BAD_INPUT_EVENT`
   */
  constructor(
    sourceName: InputSourceName,
    inputs: readonly ResolvedInput[],
    o: { stepMs: number; events: InputEvents },
  ) {
    this.#sourceName = sourceName
    this.#source = INPUT_SOURCES[sourceName]
    this.#stepMs = o.stepMs
    this.#delayMs = this.#source.availableAfterMs(o.stepMs)
    this.#covered = unionRanges(o.events.covered)
    this.names = inputs.map(({ name }) => name)
    this.#folds = inputs.map(({ input, sessions }) => input.start({ stepMs: o.stepMs, sessions }))
    this.#needsCoverage = inputs.map(({ input }) => input.needsCoverage === true)
    this.#eventColumns = [this.#source.timeColumn, ...new Set(inputs.flatMap(({ input }) => input.columns))]
    this.#length = o.events.length
    this.#columns = Object.fromEntries(this.#eventColumns.map(name => [name, this.#columnOf(o.events, name)]))
    for (let i = 0; i < this.#length; i++) this.#checkTime(this.#columns[this.#source.timeColumn][i])
  }

  /** Takes an event in. @throws FeatureError `BAD_INPUT_EVENT` */
  push(event: Readonly<Record<string, number>>): void {
    const missing = this.#eventColumns.find(name => event[name] === undefined)
    if (missing !== undefined) throw this.#badEvent(`it comes without "${missing}"`, { column: missing })
    this.#checkTime(event[this.#source.timeColumn])
    if (this.#length === this.#columns[this.#source.timeColumn].length) this.#makeRoom()
    for (const name of this.#eventColumns) this.#columns[name][this.#length] = event[name]
    this.#length++
  }

  /**
   * The inputs' values at the close of a candle, in the order of `names`; candles in order of time.
   * @throws FeatureError `BAD_INPUT_EVENT`
   */
  readInto(out: Float64Array, openTimeMs: number): void {
    const closeMs = openTimeMs + this.#stepMs
    if (!(openTimeMs >= this.#closeMs)) {
      throw this.#badEvent(`the candle of ${formatTimeMs(openTimeMs)} is read after one that closed later`, {
        openTimeMs,
      })
    }
    this.#closeMs = closeMs
    this.#takeUntil(openTimeMs)
    const folds = this.#folds
    for (let f = 0; f < folds.length; f++) folds[f].begin()
    this.#takeUntil(closeMs)
    for (let f = 0; f < folds.length; f++) {
      const isKnown = !this.#needsCoverage[f] || this.#isCovered(openTimeMs)
      out[f] = isKnown ? folds[f].read(closeMs) : Number.NaN
    }
  }

  #takeUntil(timeMs: number): void {
    const folds = this.#folds
    const times = this.#columns[this.#source.timeColumn]
    while (this.#next < this.#length && times[this.#next] + this.#delayMs <= timeMs) {
      for (let f = 0; f < folds.length; f++) folds[f].take(this.#columns, this.#next, times[this.#next] + this.#delayMs)
      this.#next++
    }
  }

  /** Whether everything is there that became known during the candle: after its opening, up to its close. */
  #isCovered(openTimeMs: number): boolean {
    const firstMs = openTimeMs - this.#delayMs + 1
    const lastMs = openTimeMs + this.#stepMs - this.#delayMs
    for (let i = 0; i < this.#covered.length; i++) {
      if (this.#covered[i].fromMs <= firstMs && lastMs < this.#covered[i].toMs) return true
    }
    return false
  }

  /** Drops what candles have seen; grows where that is not enough. */
  #makeRoom(): void {
    const kept = this.#length - this.#next
    for (const name of this.#eventColumns) {
      const column = this.#columns[name]
      const roomy = kept * 2 > column.length ? new Float64Array(Math.max(INITIAL_EVENTS, column.length * 2)) : column
      roomy.set(column.subarray(this.#next, this.#length))
      this.#columns[name] = roomy
    }
    this.#length = kept
    this.#next = 0
  }

  #columnOf(events: InputEvents, name: string): Float64Array {
    const column = events.columns[name] ?? (events.length === 0 ? new Float64Array(INITIAL_EVENTS) : undefined)
    if (column instanceof Float64Array) return column
    throw this.#badEvent(`the events come without numbers in the column "${name}"`, { column: name })
  }

  #checkTime(timeMs: number): void {
    if (!(timeMs >= this.#newestMs)) {
      throw this.#badEvent(`one of ${formatTimeMs(timeMs)} comes after one of ${formatTimeMs(this.#newestMs)}`, {
        timeMs,
      })
    }
    this.#newestMs = timeMs
  }

  #badEvent(problem: string, details: Readonly<Record<string, unknown>>): FeatureError {
    return new FeatureError(
      'BAD_INPUT_EVENT',
      `Events of ${this.#sourceName} (${this.#source.meaning}): ${problem}. Expected the columns ${this.#eventColumns.join(', ')}, in order of time.`,
      { source: this.#sourceName, ...details },
    )
  }
}
