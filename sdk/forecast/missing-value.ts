import { FeatureError } from '../errors.ts'
import type { FeatureProgram } from '../feature/compile-features.ts'
import type { StreamRow } from '../feature/feature-stream.ts'
import { formatTimeMs } from '../units.ts'
import type { OtherCandles } from './other-candles.ts'

/** A pushed candle at which a feature has no value. */
export interface ValuelessCandle {
  readonly program: FeatureProgram
  /** Of the program's only symbol; index among its observed features. */
  readonly feature: number
  readonly candle: StreamRow
  readonly others: OtherCandles
}

/** Names what the feature lacks: a column, another symbol's candle, or something of the candles before. */
export function missingValue({ program, feature, candle, others }: ValuelessCandle): FeatureError {
  const [symbol] = program.symbols
  const { name, inputs } = program.observed[0][feature]
  const { openTimeMs } = candle
  const rowOf = (of: string): StreamRow | undefined => (of === symbol ? candle : others[of])
  const used = symbolsOf(program, program.observedNodes[0][feature])
  const lacking = [
    ...used.filter(of => !rowOf(of)).map(of => `the candle of ${of}`),
    ...inputs.filter(({ symbol: of, input }) => Number.isNaN(rowOf(of)?.inputs?.[input])).map(columnName),
  ]
  const madeOf = [...used.filter(of => of !== symbol).map(of => `candles of ${of}`), ...inputs.map(columnName)]
  const why =
    lacking.length > 0
      ? `${lacking.join(', ')} is not there`
      : `of the candles before, something it is made of is not there${madeOf.length > 0 ? ` (${madeOf.join(', ')})` : ''}`
  return new FeatureError(
    'MISSING_VALUE',
    `${symbol} ${formatTimeMs(openTimeMs)}: feature "${name}" has no value there, since ${why}. Follow ${symbol} anew once the lookback has it.`,
    { symbol, openTimeMs, feature: name, lacking },
  )
}

const columnName = ({ symbol, input }: { readonly symbol: string; readonly input: string }): string =>
  `"${input}" of ${symbol}`

/** Whose columns a node is made of. */
function symbolsOf({ graph }: FeatureProgram, id: number): string[] {
  const seen = new Set<number>()
  const visit = (node: number): void => {
    if (seen.has(node)) return
    seen.add(node)
    for (const input of graph.nodes[node].operation.inputs) visit(input.id)
  }
  visit(id)
  return [...new Set(graph.sources.filter(source => seen.has(source.id)).flatMap(({ axis }) => axis.symbol ?? []))]
}
