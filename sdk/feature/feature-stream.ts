import type { Candle } from '../candle/candle.ts'
import { FeatureError } from '../errors.ts'
import { formatTimeMs } from '../units.ts'
import { checkCandle } from './check-rows.ts'
import type { FeatureProgram } from './compile-features.ts'
import { nonFinite } from './compute-features.ts'
import { GraphRun } from './graph/graph-run.ts'
import { CANDLE_COLUMNS, type CandleColumn } from './graph/scope.ts'
import { missingInput } from './panel-run.ts'
import { SETTLING_CANDLES } from './shared/volatility.ts'

/** A candle with the further columns its features need, by name. */
export interface StreamRow extends Candle {
  readonly inputs?: Readonly<Record<string, number>>
}

/**
 * Computes features candle by candle, for several symbols on one clock: the same bits as `computePanel` over all of them.
 * Nothing is allocated after the first candles; `values` and `volatility` are overwritten by the next tick.
 */
export class FeatureStream {
  readonly program: FeatureProgram
  /** Of the newest tick, `[symbols][observed]`; NaN where there is none, as for symbols without a candle. */
  readonly values: readonly Float64Array[]
  /** Ex-ante volatility of the newest tick, `[symbols]`; NaN where there is none. */
  readonly volatility: Float64Array
  readonly #run: GraphRun
  /** Where the columns of candles go; `column` is null for those of `inputs`. */
  readonly #sources: readonly {
    readonly node: number
    readonly symbol: number
    readonly input: string
    readonly column: CandleColumn | null
  }[]
  /** Candles so far, by panel symbol. */
  readonly #rows: Float64Array
  #timeMs = Number.NEGATIVE_INFINITY

  constructor(program: FeatureProgram) {
    this.program = program
    this.#run = new GraphRun(program.graph, { capacity: 1, stepMs: program.stepMs })
    this.#sources = program.graph.sources.map(({ id, axis, input }) => ({
      node: id,
      symbol: axis.index - 1,
      input,
      column: CANDLE_COLUMNS.find(column => column === input) ?? null,
    }))
    this.#rows = new Float64Array(program.panelSymbols.length)
    this.values = program.symbols.map((_, s) => new Float64Array(program.observed[s].length).fill(Number.NaN))
    this.volatility = new Float64Array(program.symbols.length).fill(Number.NaN)
  }

  /** Opening time of the newest tick's candles; −∞ before the first. */
  get newestMs(): number {
    return this.#timeMs
  }

  /**
   * Takes the next tick in: the candles that opened at one time and have closed.
   * @param candles in the order of `program.panelSymbols`; null for a symbol that has none at this tick
   * @throws FeatureError `LATE_CANDLE`, `PANEL_MISMATCH`, `MISSING_INPUT`, `RESERVED_INPUT`, `NON_FINITE_FEATURE`; CandleError `BAD_VALUE`
   */
  push(openTimeMs: number, candles: readonly (StreamRow | null)[]): void {
    if (!(openTimeMs > this.#timeMs)) throw lateCandle(openTimeMs, this.#timeMs)
    if (candles.length !== this.program.panelSymbols.length) throw otherPanel(this.program, candles.length)
    this.#takeIn(candles)
    // nothing has changed until here: after an error, the tick can be pushed again, mended
    this.#timeMs = openTimeMs
    const { rows } = this.#run
    rows[0].count = 1
    rows[0].openTimeMs[0] = openTimeMs
    for (let s = 0; s < candles.length; s++) {
      const axis = rows[s + 1]
      axis.count = candles[s] === null ? 0 : 1
      axis.openTimeMs[0] = openTimeMs
      if (candles[s] !== null) this.#rows[s]++
    }
    this.#run.advance()
    this.#read(openTimeMs)
  }

  #takeIn(candles: readonly (StreamRow | null)[]): void {
    const { program } = this
    for (let s = 0; s < candles.length; s++) {
      const candle = candles[s]
      if (candle !== null) checkCandle(candle, program.panelSymbols[s], program.timeframe)
    }
    const { columns } = this.#run
    for (let i = 0; i < this.#sources.length; i++) {
      const { node, symbol, column, input } = this.#sources[i]
      const candle = candles[symbol]
      if (candle === null) continue
      const value = column === null ? candle.inputs?.[input] : candle[column]
      if (value === undefined) {
        throw missingInput(program, {
          symbol: program.panelSymbols[symbol],
          input,
          problem: 'which the candle came without',
          given: Object.keys(candle.inputs ?? {}),
        })
      }
      columns[node][0] = value
    }
  }

  #read(openTimeMs: number): void {
    const { program, values, volatility } = this
    const { rows, columns } = this.#run
    let error: FeatureError | null = null
    for (let s = 0; s < program.symbols.length; s++) {
      // the symbols asked for come first on the panel
      const isThere = rows[s + 1].count > 0
      volatility[s] = isThere && this.#rows[s] > SETTLING_CANDLES ? columns[program.volatilityNodes[s]][0] : Number.NaN
      const nodes = program.observedNodes[s]
      const features = program.observed[s]
      for (let f = 0; f < nodes.length; f++) {
        let value = isThere && this.#rows[s] > features[f].warmupCandles ? columns[nodes[f]][0] : Number.NaN
        if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
          const at = { symbol: program.symbols[s], timeframe: program.timeframe, openTimeMs: [openTimeMs] }
          error ??= nonFinite(at, 0, features[f].name, value)
          value = Number.NaN
        }
        values[s][f] = value
      }
    }
    // last: no value of the tick before must be taken for one of this
    if (error) throw error
  }
}

function lateCandle(openTimeMs: number, newestMs: number): FeatureError {
  return new FeatureError(
    'LATE_CANDLE',
    `A candle of ${formatTimeMs(openTimeMs)} came after the tick of ${formatTimeMs(newestMs)} had been computed. Leave it out, or begin a new stream with it in its place.`,
    { openTimeMs, newestMs },
  )
}

function otherPanel({ panelSymbols }: FeatureProgram, given: number): FeatureError {
  return new FeatureError(
    'PANEL_MISMATCH',
    `A tick came with ${given} candles for ${panelSymbols.length} symbols; give one for each of ${panelSymbols.join(', ')}, null where there is none.`,
    { given, symbols: panelSymbols },
  )
}
