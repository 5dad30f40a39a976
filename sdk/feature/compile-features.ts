import { FeatureError } from '../errors.ts'
import { type Timeframe, timeframeMs } from '../units.ts'
import type { FeatureKind, FeatureSet } from './feature.ts'
import { Graph } from './graph/graph.ts'
import { CANDLE_COLUMNS, Scope } from './graph/scope.ts'
import { buildSeries, knownValue, type ResolvedFeature, resolveExpression, resolveFeature } from './resolve-feature.ts'
import { SETTLING_CANDLES, volatility } from './shared/volatility.ts'

/** A feature ready to be computed. */
export interface CompiledFeature {
  readonly name: string
  readonly kind: FeatureKind
  readonly unit: string
  /** Leading candles of a history without a value; 0 unless observed. */
  readonly warmupCandles: number
  /**
   * Candles before a candle that its value depends on: with as many, no longer history changes it. Cross-asset features
   * allow for 48 candles that another symbol lacks among them.
   */
  readonly memoryCandles: number
  /** False where older candles still move the last digits, by less than 1e-9. */
  readonly exactMemory: boolean
  /** Columns besides those of candles that it needs, by symbol. */
  readonly inputs: readonly { readonly symbol: string; readonly input: string }[]
  /** Of known features, and of static ones, which are the same at all times. */
  readonly at: ((openTimeMs: number) => number) | null
}

/** A feature set compiled for a timeframe and the symbols it is computed for. Holds no candles: any number of runs share it. */
export interface FeatureProgram {
  readonly set: FeatureSet
  readonly timeframe: Timeframe
  readonly stepMs: number
  /** Whose features are computed. */
  readonly symbols: readonly string[]
  /** Whose candles are needed: these, and those that cross-asset features look at. */
  readonly panelSymbols: readonly string[]
  /** In the order asked for, by kind; by symbol, since what a feature needs may differ. */
  readonly observed: readonly (readonly CompiledFeature[])[]
  /** Known and static ones: a static feature is a known one that is the same at all times. */
  readonly known: readonly (readonly CompiledFeature[])[]
  /** Candles before the ex-ante volatility and every observed feature of a symbol have values, at most. */
  readonly warmupCandles: number
  /** Candles before a candle that any of its values depends on. */
  readonly memoryCandles: number
  readonly graph: Graph
  /** Node of each symbol's ex-ante volatility. */
  readonly volatilityNodes: readonly number[]
  /** Nodes by symbol and observed feature. */
  readonly observedNodes: readonly (readonly number[])[]
}

/**
 * Compiles features for symbols. What features share is one series; what no feature needs is not there.
 * @throws FeatureError `BAD_FEATURE_NAME`, `UNKNOWN_FEATURE`, `BAD_PARAMETER`, `DUPLICATE_FEATURE`, `NO_MARKET`, `NO_PROFILE`
 */
export function compileFeatures(
  set: FeatureSet,
  o: { readonly symbols: readonly string[]; readonly timeframe: Timeframe },
): FeatureProgram {
  const stepMs = timeframeMs(o.timeframe)
  const resolved = set.features.map(resolveFeature)
  const names = resolved.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    throw new FeatureError('DUPLICATE_FEATURE', `The feature "${twice}" is asked for twice; name each one once.`, {
      feature: twice,
    })
  }
  const graph = new Graph()
  // first, so that the symbols asked for come first on the panel
  for (const symbol of o.symbols) graph.axisOf(symbol)
  const perSymbol = o.symbols.map(symbol => {
    const scope = new Scope({ graph, stepMs, set, symbol }, (of, expression) =>
      buildSeries(of, resolveExpression(expression)),
    )
    const unit = volatility(scope)
    const features = resolved.map(feature => compileFeature(scope, feature))
    return { unit, features }
  })
  const compiled = perSymbol.map(({ features }) => features.map(f => f.feature))
  const observed = compiled.map(features => features.filter(f => f.kind === 'observed'))
  const all = observed.flat()
  const volatilityMemory = Math.max(...perSymbol.map(({ unit }) => unit.memoryRows))
  return {
    set: { ...set, features: names },
    timeframe: o.timeframe,
    stepMs,
    symbols: o.symbols,
    panelSymbols: graph.axes.flatMap(axis => axis.symbol ?? []),
    observed,
    known: compiled.map(features => features.filter(f => f.kind !== 'observed')),
    warmupCandles: Math.max(SETTLING_CANDLES, ...all.map(f => f.warmupCandles)),
    memoryCandles: Math.max(volatilityMemory, ...all.map(f => f.memoryCandles)),
    graph,
    volatilityNodes: perSymbol.map(({ unit }) => unit.id),
    observedNodes: perSymbol.map(({ features }) => features.flatMap(f => f.node ?? [])),
  }
}

function compileFeature(scope: Scope, feature: ResolvedFeature): { feature: CompiledFeature; node: number | null } {
  const { name, family } = feature
  const facts = { name, kind: family.kind, unit: family.unit }
  if (family.kind !== 'observed') {
    const timeless = { warmupCandles: 0, memoryCandles: 0, exactMemory: true, inputs: [] }
    return { feature: { ...facts, ...timeless, at: knownValue(scope, feature) }, node: null }
  }
  const series = buildSeries(scope, feature)
  return {
    feature: {
      ...facts,
      warmupCandles: Math.max(series.warmupRows, series.settlingRows),
      memoryCandles: series.memoryRows,
      exactMemory: series.exactMemory,
      inputs: inputsOf(scope.graph, series.id),
      at: null,
    },
    node: series.id,
  }
}

const isCandleColumn = (input: string): boolean => (CANDLE_COLUMNS as readonly string[]).includes(input)

/** The source columns that a node is made of, beyond candles. */
function inputsOf(graph: Graph, id: number): { symbol: string; input: string }[] {
  const seen = new Set<number>()
  const visit = (node: number): void => {
    if (seen.has(node)) return
    seen.add(node)
    for (const input of graph.nodes[node].operation.inputs) visit(input.id)
  }
  visit(id)
  return graph.sources
    .filter(source => seen.has(source.id) && !isCandleColumn(source.input))
    .map(({ axis, input }) => ({ symbol: axis.symbol ?? '', input }))
}
