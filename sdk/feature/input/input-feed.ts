import { FeatureError } from '../../errors.ts'
import { type Timeframe, timeframeMs } from '../../units.ts'
import { inputsBySource } from './align-inputs.ts'
import type { InputSourceName } from './input-source.ts'
import { SourceFollower } from './source-follower.ts'

/**
 * Makes the input columns of a symbol as events come, for `StreamRow.inputs`: the same values as `alignInputs`. Keeps the
 * events of one candle at a time.
 */
export class InputFeed {
  /** Of the candle read last. */
  readonly #values: Record<string, number> = {}
  readonly #bySource = new Map<InputSourceName, SourceFollower>()
  readonly #followers: readonly SourceFollower[]
  /** Of each follower. */
  readonly #rows: readonly Float64Array[]

  /**
   * @param o.inputs names, as `program.observed` lists them
   * @param o.completeFromMs from when on every event is pushed: sums over candles that began earlier are not known
   * @throws FeatureError `UNKNOWN_INPUT`
   */
  constructor(o: {
    readonly inputs: readonly string[]
    readonly timeframe: Timeframe
    readonly completeFromMs: number
  }) {
    const covered = [{ fromMs: o.completeFromMs, toMs: Number.POSITIVE_INFINITY }]
    for (const [source, inputs] of inputsBySource(o.inputs)) {
      const none = { length: 0, columns: {}, covered }
      this.#bySource.set(source, new SourceFollower(source, inputs, { stepMs: timeframeMs(o.timeframe), events: none }))
    }
    this.#followers = [...this.#bySource.values()]
    this.#rows = this.#followers.map(({ names }) => new Float64Array(names.length))
  }

  /** The sources whose events it wants. */
  get sources(): InputSourceName[] {
    return [...this.#bySource.keys()]
  }

  /**
   * Takes an event in, those of a source in order of time. One that comes after the candle in which it became known was
   * read counts from the next candle on, and in no sum.
   * @param event by column, as `INPUT_SOURCES` and the inputs name them
   * @throws FeatureError `BAD_INPUT_EVENT`, `UNKNOWN_INPUT`
   */
  push(source: InputSourceName, event: Readonly<Record<string, number>>): void {
    const follower = this.#bySource.get(source)
    if (follower === undefined) {
      throw new FeatureError(
        'UNKNOWN_INPUT',
        `An event of ${source} came, but no input is made of it; events wanted: ${this.sources.join(', ') || 'none'}.`,
        { source },
      )
    }
    follower.push(event)
  }

  /**
   * The inputs at the close of a candle, by name; overwritten by the next call. Candles in order of time.
   * @throws FeatureError `BAD_INPUT_EVENT`
   */
  read(openTimeMs: number): Readonly<Record<string, number>> {
    for (let i = 0; i < this.#followers.length; i++) {
      const { names } = this.#followers[i]
      const row = this.#rows[i]
      this.#followers[i].readInto(row, openTimeMs)
      for (let f = 0; f < row.length; f++) this.#values[names[f]] = row[f]
    }
    return this.#values
  }
}
