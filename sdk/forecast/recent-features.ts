import type { CandleSeries } from '../candle/candle.ts'
import { toCandles } from '../candle/series.ts'
import type { FeatureProgram } from '../feature/compile-features.ts'
import { computePanel } from '../feature/compute-features.ts'
import { FeatureStream } from '../feature/feature-stream.ts'
import type { FeatureRows, FeatureTable } from '../feature/feature-table.ts'
import { replay } from '../feature/replay.ts'
import { sliceRows } from '../feature/slice-rows.ts'

/** A series that has moved on by more is computed as a whole. */
const MOST_NEW_CANDLES = 32

const COLUMNS = ['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const

/**
 * The features of one symbol's newest window. An app that forecasts at each close gives nearly the same candles each time:
 * where they go on from those before, only what is new is computed, with the same bits.
 */
export class RecentFeatures {
  readonly #program: FeatureProgram
  readonly #lookback: number
  /** Candles on which the window depends. */
  readonly #remembered: number
  /** Whether values depend on the newest candles alone and on no other symbol's. */
  readonly #canGoOn: boolean
  /** A copy: the caller may write a correction into its own. */
  #series: CandleSeries | null = null
  /** Of the newest `lookback` candles of `#series`. */
  #table: FeatureTable | null = null
  /** At the newest candle of `#series`, from the second time on. */
  #stream: FeatureStream | null = null

  constructor(program: FeatureProgram, lookback: number) {
    this.#program = program
    this.#lookback = lookback
    this.#remembered = program.memoryCandles + lookback
    const [features] = program.observed
    this.#canGoOn =
      program.panelSymbols.length === 1 &&
      features.every(({ exactMemory, inputs }) => exactMemory && inputs.length === 0)
  }

  /**
   * A table of the newest `lookback` candles, all of them warmed up.
   * @throws FeatureError
   */
  newest(series: FeatureRows, panel: readonly FeatureRows[]): FeatureTable {
    const isNew = this.#canGoOn ? this.#newCandles(series) : -1
    this.#table = isNew < 0 ? this.#compute(series, panel) : this.#goOn(series, isNew)
    if (this.#canGoOn) this.#series = copyOf(series)
    return this.#table
  }

  #compute(series: FeatureRows, panel: readonly FeatureRows[]): FeatureTable {
    this.#stream = null
    const [table] = computePanel(this.#program, [series, ...panel])
    const from = series.length - this.#lookback
    return {
      ...table,
      series: sliceRows(series, from, series.length),
      volatility: table.volatility.slice(from),
      observed: table.observed.map(column => column.slice(from)),
      warmupCandles: 0,
    }
  }

  #goOn(series: FeatureRows, newCandles: number): FeatureTable {
    const table = this.#table!
    const window = sliceRows(series, series.length - this.#lookback, series.length)
    if (newCandles === 0) return { ...table, series: window }
    // earlier tables are still in use
    const volatility = table.volatility.slice()
    const observed = table.observed.map(column => column.slice())
    const stream = this.#stream ?? this.#streamAt(this.#series!)
    this.#stream = null // should a candle fail, it is not where the table is
    const last = this.#lookback - 1
    for (const candle of toCandles(sliceRows(series, series.length - newCandles, series.length))) {
      stream.push(candle.openTimeMs, [candle])
      volatility.copyWithin(0, 1)
      volatility[last] = stream.volatility[0]
      observed.forEach((column, f) => {
        column.copyWithin(0, 1)
        column[last] = stream.values[0][f]
      })
    }
    this.#stream = stream
    return { ...table, series: window, volatility, observed }
  }

  #streamAt(series: CandleSeries): FeatureStream {
    const stream = new FeatureStream(this.#program)
    replay(stream, [series])
    return stream
  }

  /** How many candles a series has beyond the one before, or −1 where it does not go on from that. */
  #newCandles(series: CandleSeries): number {
    const before = this.#series
    if (!before) return -1
    const stepsOn = (series.openTimeMs[series.length - 1] - before.openTimeMs[before.length - 1]) / this.#program.stepMs
    if (stepsOn < 0 || stepsOn > MOST_NEW_CANDLES || stepsOn >= series.length) return -1
    const overlap = Math.min(before.length, series.length - stepsOn)
    // young values depend on where the history begins
    const isSameHistory = before.openTimeMs[0] === series.openTimeMs[0]
    if (!isSameHistory && Math.min(before.length, series.length) < this.#remembered) return -1
    const [from, end] = [before.length - overlap, series.length - stepsOn]
    for (const column of COLUMNS) {
      const [old, now] = [before[column], series[column]]
      for (let i = 0; i < overlap; i++) if (old[from + i] !== now[end - overlap + i]) return -1
    }
    return stepsOn
  }
}

const copyOf = (series: CandleSeries): CandleSeries => ({
  ...series,
  ...(Object.fromEntries(COLUMNS.map(column => [column, series[column].slice()])) as Pick<
    CandleSeries,
    (typeof COLUMNS)[number]
  >),
})
