import { compileFeatures, type FeatureProgram } from '../../../../sdk/feature/compile-features.ts'
import type { FeatureFamily, FeatureSet, SeasonalProfile } from '../../../../sdk/feature/feature.ts'

/** Symbol that features are documented for, and the market around it. */
export const DOCUMENTED_SYMBOL = 'BTC/USDT'
export const DOCUMENTED_MARKET: readonly string[] = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']

/** What compiling an example tells; its figures are in hourly candles. */
export interface ExampleFacts {
  readonly name: string
  readonly warmupCandles: number
  readonly memoryCandles: number
  readonly exactMemory: boolean
  /** Columns of the symbol's own rows. */
  readonly ownColumns: readonly string[]
  /** Columns of other symbols' rows. */
  readonly otherColumns: readonly string[]
  /** Columns, of whichever symbol, that do not come with candles. */
  readonly furtherInputs: readonly string[]
}

/** A week like any other: warm-up and memory do not depend on it. */
const FLAT_PROFILE: SeasonalProfile = {
  timeZone: 'UTC',
  volatility: new Array<number>(168).fill(1),
  volume: new Array<number>(168).fill(0),
}

export const documentedSet = (features: readonly string[], profile: SeasonalProfile = FLAT_PROFILE): FeatureSet => ({
  features,
  market: DOCUMENTED_MARKET,
  profile,
})

export function examplesOf(family: FeatureFamily): ExampleFacts[] {
  return family.examples.map(name => {
    const program = compileFeatures(documentedSet([name]), { symbols: [DOCUMENTED_SYMBOL], timeframe: '1h' })
    const [feature] = [...program.observed[0], ...program.known[0]]
    const columns = program.observed[0].length === 0 ? [] : columnsOf(program)
    const names = (isOwn: boolean) => [...new Set(columns.filter(c => c.isOwn === isOwn).map(c => c.input))]
    return {
      name: feature.name,
      warmupCandles: feature.warmupCandles,
      memoryCandles: feature.memoryCandles,
      exactMemory: feature.exactMemory,
      ownColumns: names(true),
      otherColumns: names(false),
      furtherInputs: [...new Set(feature.inputs.map(({ input }) => input))],
    }
  })
}

/** The source columns that the only observed feature of a program is made of. */
function columnsOf({ graph, observedNodes }: FeatureProgram): { isOwn: boolean; input: string }[] {
  const seen = new Set<number>()
  const visit = (node: number): void => {
    if (seen.has(node)) return
    seen.add(node)
    for (const input of graph.nodes[node].operation.inputs) visit(input.id)
  }
  visit(observedNodes[0][0])
  return graph.sources
    .filter(source => seen.has(source.id))
    .map(({ axis, input }) => ({ isOwn: axis.symbol === DOCUMENTED_SYMBOL, input }))
}
