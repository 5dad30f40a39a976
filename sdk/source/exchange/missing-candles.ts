import type { Candle } from '../../candle/candle.ts'
import { type TimeRange, unionRanges } from '../../candle/time-ranges.ts'

/** So many answers in agreement must lack a candle before it counts as one that the exchange does not have. */
const AGREEING_ANSWERS = 3

/** The candles of a window that no answer had yet, and that not enough answers lacked. */
export class MissingCandles {
  readonly #candles: ReadonlyMap<number, Candle>
  readonly #stepMs: number
  /** By opening time, ascending: in how many answers it was missing. */
  readonly #absences = new Map<number, number>()
  /** Opening times of those that an answer may have lacked for another reason than that there are none. */
  readonly #doubted = new Set<number>()
  #wasTold = true

  /** @param candles What there is, by opening time; others add to it. */
  constructor(window: TimeRange, stepMs: number, candles: ReadonlyMap<number, Candle>) {
    this.#candles = candles
    this.#stepMs = stepMs
    for (let timeMs = window.fromMs; timeMs < window.toMs; timeMs += stepMs) this.#absences.set(timeMs, 0)
  }

  /** How often the one that was missing most often was. */
  get answers(): number {
    return Math.max(0, ...this.#absences.values())
  }

  /** What no answer had, and what not every answer said that there is none of. */
  get unconfirmed(): TimeRange[] {
    const times = [...this.#doubted].filter(timeMs => !this.#candles.has(timeMs))
    return unionRanges(times.map(fromMs => ({ fromMs, toMs: fromMs + this.#stepMs })))
  }

  /**
   * An answer came, whose rows are among the candles by now.
   * @param about What it was about; null where it told nothing of what was asked for.
   */
  note(about: TimeRange | null, asked: TimeRange): void {
    const span = about ?? asked
    const found = [...this.#absences].filter(([timeMs]) => this.#candles.has(timeMs))
    const lacking = [...this.#absences.keys()].filter(
      timeMs => !this.#candles.has(timeMs) && timeMs >= span.fromMs && timeMs < span.toMs,
    )
    this.#wasTold = found.length + lacking.length > 0
    for (const [timeMs] of found) this.#absences.delete(timeMs)
    // answers that lacked what is there now are worth nothing for the rest either
    if (found.some(([, absences]) => absences > 0))
      for (const timeMs of this.#absences.keys()) this.#absences.set(timeMs, 0)
    for (const timeMs of lacking) {
      if (about === null) this.#doubted.add(timeMs)
      const absences = (this.#absences.get(timeMs) ?? 0) + 1
      if (absences === AGREEING_ANSWERS) this.#absences.delete(timeMs)
      else this.#absences.set(timeMs, absences)
    }
  }

  /**
   * What to ask for next, or null where nothing is in doubt. Gaps between candles are asked for together, with the candles
   * around them: an answer that has both is about the gap as well. What lies before all candles or after them is asked for
   * alone, and so is a single gap where the last answer told nothing: an answer without a row then is about all of it.
   */
  nextToAsk(): TimeRange | null {
    const missing = [...this.#absences.keys()]
    if (missing.length === 0) return null
    const known = [...this.#candles.keys()]
    const firstMs = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const lastMs = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    const between = missing.filter(timeMs => timeMs > firstMs && timeMs < lastMs)
    if (between.length > 0) {
      return this.#wasTold ? this.#withNeighbours(this.#rangeOf(between)) : this.#firstRun(between)
    }
    const before = missing.filter(timeMs => timeMs < firstMs)
    return this.#rangeOf(before.length > 0 ? before : missing)
  }

  #rangeOf(times: readonly number[]): TimeRange {
    return { fromMs: times[0], toMs: times[times.length - 1] + this.#stepMs }
  }

  #firstRun(times: readonly number[]): TimeRange {
    const length = times.findIndex((timeMs, i) => times[i + 1] !== timeMs + this.#stepMs) + 1
    return this.#rangeOf(times.slice(0, length))
  }

  #withNeighbours({ fromMs, toMs }: TimeRange): TimeRange {
    let [from, to] = [fromMs, toMs]
    while (!this.#candles.has(from)) from -= this.#stepMs
    while (!this.#candles.has(to)) to += this.#stepMs
    return { fromMs: from, toMs: to + this.#stepMs }
  }
}
