import { FeatureError } from '../../../sdk/errors.ts'
import type { FeatureProgram } from '../../../sdk/feature/compile-features.ts'
import type { FeatureRows } from '../../../sdk/feature/feature-table.ts'
import { alignInputs, inputsBySource } from '../../../sdk/feature/input/align-inputs.ts'
import { type InputSourceName, MACRO_SERIES, type MacroSeries } from '../../../sdk/feature/input/input-source.ts'
import { ALL_TIMES, type InputEvents } from '../../../sdk/feature/input/source-follower.ts'
import { DAY_MS, timeframeMs } from '../../../sdk/units.ts'
import type { MarketStore } from '../market-store.ts'
import { findMacroFile, MACRO_FILE_NAME, readMacroFile } from './macro-file.ts'
import { describeQuery, findStoredSeries, readStoredEvents, type StoredSource } from './stored-events.ts'

/** Events before the first candle that its values may be made of, in candles, and in time. */
const BEFORE_CANDLES = 3
const BEFORE_MS = 2 * DAY_MS

export interface FeatureInputSources {
  /** Where funding, open interest, liquidations, books and the other market's candles are read. */
  readonly store?: { readonly market: MarketStore; readonly exchange: string }
  /** Folder with daily values of SPY, DXY and VIX. */
  readonly macroFolder?: string
}

/**
 * Adds to candles the columns that a program needs besides them, made of what the sources have.
 * @param panel candles of `program.panelSymbols`
 * @throws FeatureError `MISSING_INPUT` with everything that is not there, and how to get it; `UNKNOWN_INPUT`
 * @throws StoreError, SourceError as the store and the files do
 */
export async function loadFeatureInputs(
  program: FeatureProgram,
  panel: readonly FeatureRows[],
  sources: FeatureInputSources,
): Promise<FeatureRows[]> {
  const needed = program.observed.flat().flatMap(feature => feature.inputs)
  const missing: Missing[] = []
  const macro = new Map<MacroSeries, InputEvents | null>()
  const loaded: FeatureRows[] = []
  for (const rows of panel) {
    const names = needed.filter(({ symbol }) => symbol === rows.symbol).map(({ input }) => input)
    const wanted = names.filter(name => rows.inputs?.[name] === undefined)
    const events: Partial<Record<InputSourceName, InputEvents>> = {}
    for (const [source, inputs] of inputsBySource(wanted)) {
      const found = await eventsOf(source, rows, sources, macro)
      if (found) events[source] = found
      else missing.push({ symbol: rows.symbol, source, inputs: inputs.map(({ name }) => name) })
    }
    if (missing.length > 0) continue
    loaded.push({ ...rows, inputs: { ...rows.inputs, ...alignInputs({ inputs: wanted, candles: rows, events }) } })
  }
  if (missing.length > 0) throw missingInputs(missing, panel, sources)
  return loaded
}

const isMacro = (source: InputSourceName): source is MacroSeries => (MACRO_SERIES as readonly string[]).includes(source)

async function eventsOf(
  source: InputSourceName,
  rows: FeatureRows,
  { store, macroFolder }: FeatureInputSources,
  macro: Map<MacroSeries, InputEvents | null>,
): Promise<InputEvents | null> {
  if (isMacro(source)) {
    const known = macro.get(source)
    if (known !== undefined) return known
    const path = macroFolder === undefined ? null : await findMacroFile(macroFolder, source)
    const events = path === null ? null : await readMacroFile(path)
    macro.set(source, events)
    return events
  }
  if (isOwnMarket(source, rows.symbol)) {
    return { length: rows.length, columns: { openTimeMs: rows.openTimeMs, close: rows.close }, covered: ALL_TIMES }
  }
  if (store === undefined) return null
  const query = { exchange: store.exchange, source, symbol: rows.symbol, timeframe: rows.timeframe }
  const key = await findStoredSeries(store.market, query)
  if (key === null) return null
  return await readStoredEvents(store.market, key, {
    fromMs: (rows.openTimeMs[0] ?? 0) - Math.max(BEFORE_MS, BEFORE_CANDLES * timeframeMs(rows.timeframe)),
    toMs: (rows.openTimeMs[rows.length - 1] ?? 0) + DAY_MS,
  })
}

/** Whether the candles themselves are those of the spot market, or of the perpetual, that an input asks for. */
const isOwnMarket = (source: StoredSource, symbol: string): boolean =>
  (source === 'spot' && !symbol.includes(':')) || (source === 'perpetual' && symbol.includes(':'))

interface Missing {
  readonly symbol: string
  readonly source: InputSourceName
  readonly inputs: readonly string[]
}

function missingInputs(
  missing: readonly Missing[],
  panel: readonly FeatureRows[],
  sources: FeatureInputSources,
): FeatureError {
  const reasons = missing.map(({ symbol, source, inputs }) => {
    const what = `${symbol}: ${inputs.slice(0, 4).join(', ')}${inputs.length > 4 ? ` and ${inputs.length - 4} more` : ''}`
    return `${what} (${isMacro(source) ? macroReason(source, sources) : storeReason(source, symbol, panel, sources)})`
  })
  return new FeatureError(
    'MISSING_INPUT',
    `The features need columns that the sources don't have. ${reasons.join('; ')}. Or leave out the features that need them.`,
    { missing },
  )
}

const macroReason = (series: MacroSeries, { macroFolder }: FeatureInputSources): string =>
  macroFolder === undefined
    ? `no folder of daily values is given; it takes ${series} from a file named ${MACRO_FILE_NAME}`
    : `"${macroFolder}" has no file of ${series}; expected ${MACRO_FILE_NAME}`

function storeReason(
  source: StoredSource,
  symbol: string,
  panel: readonly FeatureRows[],
  { store }: FeatureInputSources,
): string {
  const { timeframe } = panel.find(rows => rows.symbol === symbol)!
  if (store === undefined) return 'no store is given'
  const { exchange, kind, symbol: wanted } = describeQuery({ exchange: store.exchange, source, symbol, timeframe })
  return `${store.market.place} has no ${kind} of ${wanted} from ${exchange}: trainer fetch -e ${exchange} -s ${wanted} -k ${kind} -t ${timeframe}`
}
