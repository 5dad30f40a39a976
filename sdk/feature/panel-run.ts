import { FeatureError } from '../errors.ts'
import { checkRows } from './check-rows.ts'
import type { FeatureProgram } from './compile-features.ts'
import type { FeatureRows } from './feature-table.ts'
import { GraphRun } from './graph/graph-run.ts'
import { CANDLE_COLUMNS } from './graph/scope.ts'

/** Feeds the candles of several symbols, aligned on one clock, to a program, some ticks at a time. */
export class PanelRun {
  readonly run: GraphRun
  readonly #panel: readonly FeatureRows[]
  readonly #sources: readonly { readonly node: number; readonly symbol: number; readonly column: Float64Array }[]
  readonly #capacity: number
  /** Next row of each symbol. */
  readonly #next: Int32Array

  /** @throws FeatureError `NO_CANDLES`, `WRONG_TIMEFRAME`, `MISSING_INPUT`, `RESERVED_INPUT`; CandleError `UNORDERED_TIME`, `BAD_VALUE` */
  constructor(program: FeatureProgram, panel: readonly FeatureRows[], capacity: number) {
    this.#capacity = capacity
    this.#panel = program.panelSymbols.map(symbol => {
      const rows = panel.find(candidate => candidate.symbol === symbol)
      if (rows) {
        checkRows(rows, program.timeframe)
        return rows
      }
      throw new FeatureError(
        'NO_CANDLES',
        `The features need candles of ${symbol}; there are candles of ${panel.map(rows => rows.symbol).join(', ') || 'no symbol'}.`,
        { symbol, given: panel.map(rows => rows.symbol) },
      )
    })
    this.#next = new Int32Array(this.#panel.length)
    this.#sources = program.graph.sources.map(({ id, axis, input }) => {
      const symbol = axis.index - 1
      return { node: id, symbol, column: columnOf(program, this.#panel[symbol], input) }
    })
    // last: it takes memory, and there may have been nothing to run on
    this.run = new GraphRun(program.graph, { capacity, stepMs: program.stepMs })
  }

  /** Computes the next ticks, as many as there is room for; false when there are none left. */
  advance(): boolean {
    const { run } = this
    const clock = run.rows[0]
    clock.count = 0
    for (let s = 1; s < run.rows.length; s++) run.rows[s].count = 0
    while (clock.count < this.#capacity) {
      const time = this.#nextTime()
      if (time === Number.POSITIVE_INFINITY) break
      clock.openTimeMs[clock.count] = time
      clock.tick[clock.count] = clock.count
      for (let s = 0; s < this.#panel.length; s++) {
        const { openTimeMs, length } = this.#panel[s]
        if (this.#next[s] >= length || openTimeMs[this.#next[s]] !== time) continue
        const rows = run.rows[s + 1]
        rows.openTimeMs[rows.count] = time
        rows.tick[rows.count++] = clock.count
        this.#next[s]++
      }
      clock.count++
    }
    if (clock.count === 0) return false
    for (const { node, symbol, column } of this.#sources) {
      const end = this.#next[symbol]
      run.columns[node].set(column.subarray(end - run.rows[symbol + 1].count, end))
    }
    run.advance()
    return true
  }

  /** Row of a symbol after the last one computed. */
  rowAfter(symbol: number): number {
    return this.#next[symbol]
  }

  #nextTime(): number {
    let time = Number.POSITIVE_INFINITY
    for (let s = 0; s < this.#panel.length; s++) {
      const { openTimeMs, length } = this.#panel[s]
      if (this.#next[s] < length && openTimeMs[this.#next[s]] < time) time = openTimeMs[this.#next[s]]
    }
    return time
  }
}

function columnOf(program: FeatureProgram, rows: FeatureRows, input: string): Float64Array {
  const own = CANDLE_COLUMNS.find(column => column === input)
  const column: unknown = own ? rows[own] : rows.inputs?.[input]
  if (column instanceof Float64Array && column.length === rows.length) return column
  throw missingInput(program, {
    symbol: rows.symbol,
    input,
    problem: problemOf(column, rows.length),
    given: Object.keys(rows.inputs ?? {}),
  })
}

function problemOf(column: unknown, candles: number): string {
  if (column === undefined) return 'which the candles come without'
  if (column instanceof Float64Array) return `which has ${column.length} values for ${candles} candles`
  return 'which is no Float64Array'
}

export function missingInput(
  program: FeatureProgram,
  o: { readonly symbol: string; readonly input: string; readonly problem: string; readonly given: readonly string[] },
): FeatureError {
  const { symbol, input, problem, given } = o
  const needs = program.observed
    .flat()
    .filter(feature => feature.inputs.some(needed => needed.symbol === symbol && needed.input === input))
  const features = [...new Set(needs.map(feature => feature.name))]
  return new FeatureError(
    'MISSING_INPUT',
    `${symbol}: ${features.join(', ')} needs the column "${input}", ${problem}. There are: ${['open, high, low, close, volume', ...given].join(', ')}.`,
    { symbol, input, features },
  )
}
