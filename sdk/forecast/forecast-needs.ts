import type { FeatureProgram } from '../feature/compile-features.ts'

/** A column besides those of candles, such as `fundingRate`, that features are made of. */
export interface NeededInput {
  /** Whose candles it goes with. */
  readonly symbol: string
  readonly input: string
}

/** What a bundle's forecasts are made from, over all of its symbols. */
export interface ForecastNeeds {
  /** Fewest candles a forecast needs: feature warm-up plus lookback. */
  readonly candlesNeeded: number
  /**
   * Candles a forecast depends on: with as many, older ones change nothing, not a bit. But for another symbol that lacks more
   * than 48 candles among them, and recursive indicators, which older ones still move by less than 1e-9.
   */
  readonly candlesRemembered: number
  /**
   * Symbols whose candles a forecast of another symbol needs (`context`), for cross-asset features; a symbol's own never go
   * there. Empty: its own suffice.
   */
  readonly contextSymbols: readonly string[]
  /** Columns that must come with candles (`context.inputs`): a forecast needs its symbol's and those of `contextSymbols`. */
  readonly inputsNeeded: readonly NeededInput[]
}

/** @param programs one per symbol of the bundle */
export function needsOf(programs: readonly FeatureProgram[], lookback: number): ForecastNeeds {
  const all = new Set(programs.flatMap(({ panelSymbols }) => panelSymbols))
  const others = new Set(
    programs.flatMap(({ panelSymbols, symbols }) => panelSymbols.filter(symbol => !symbols.includes(symbol))),
  )
  const features = programs.flatMap(({ observed }) => observed.flat())
  const inputs = new Map(
    features.flatMap(feature => feature.inputs).map(({ symbol, input }) => [`${symbol} ${input}`, { symbol, input }]),
  )
  return {
    candlesNeeded: Math.max(...programs.map(program => program.warmupCandles)) + lookback,
    candlesRemembered: Math.max(...programs.map(program => program.memoryCandles)) + lookback,
    contextSymbols: [...all].filter(symbol => others.has(symbol)),
    inputsNeeded: [...inputs.values()],
  }
}
