import { simulateMarket } from '../../../sdk/candle/simulate-market.ts'
import { ConfigError } from '../../../sdk/errors.ts'
import type { RunConfig } from '../../config/run-config.ts'
import { type CandleFile, writeCandleFile } from '../../data/candle-file.ts'
import { loadCandleFiles } from '../../data/load-candle-files.ts'
import { hashCandles } from '../../registry/hash-candles.ts'
import type { RunDirectory } from '../../registry/run-directory.ts'
import { day, integer, list } from '../../report/format.ts'
import type { RunData } from '../run-context.ts'
import type { Terminal } from '../terminal.ts'
import { acceptCandles } from './accept-candles.ts'
import { fetchCandles, readStoredCandles } from './stored-candles.ts'

const FACTS_FILE = 'data.json'
const COPY_FOLDER = 'data'
const SIMULATOR = 'simulator'

interface Collected {
  readonly files: readonly CandleFile[]
  readonly simulated: boolean
}

/** What stands in data.json. */
type DataFacts = Omit<RunData, 'files'> & {
  /** Where the candles can be read again. */
  readonly path: string
  readonly symbols: readonly { symbol: string; candles: number; startTimeMs: number; endTimeMs: number }[]
}

/**
 * The candles of a run: from files, from the store, from the exchange (or, where it cannot be reached, from the simulator),
 * or those that the run used before, which must not have changed. What is not in files is kept in the run's folder.
 * @throws ConfigError `DATA_CHANGED`, `NO_DATA`, `WRONG_TIMEFRAME`; what loading and fetching throw
 */
export async function obtainCandles(run: RunDirectory, terminal: Terminal): Promise<RunData> {
  const earlier = await run.readJson<DataFacts>(FACTS_FILE)
  if (earlier) return await reload(run, earlier, terminal)

  const { source, path, store } = run.config.data
  const { files, simulated } = await collectCandles(run.config, terminal)
  const exchange = simulated ? SIMULATOR : list([...new Set(files.map(file => file.exchange))])
  const names = files.length <= 3 ? list(files.map(file => file.symbol)) : `${files.length} symbols`
  const kind = simulated ? 'Simulated' : `${exchange} ${run.config.data.timeframe}`
  const total = files.reduce((sum, file) => sum + file.candles.length, 0)
  const origin = source === 'files' ? `, read from ${path}` : source === 'store' ? `, read from the store ${store}` : ''
  const data: RunData = {
    files,
    exchange,
    simulated,
    sha256: hashCandles(files),
    note: `${kind} candles of ${names}: ${integer(total)} in all${origin}.`,
  }
  if (source !== 'files') for (const file of files) await writeCandleFile(run.file(COPY_FOLDER), file)
  const facts: DataFacts = {
    exchange,
    simulated,
    sha256: data.sha256,
    note: data.note,
    path: source === 'files' && path !== undefined ? path : run.file(COPY_FOLDER),
    symbols: files.map(describeFile),
  }
  await run.writeJson(FACTS_FILE, facts)
  for (const { symbol, candles, startTimeMs, endTimeMs } of facts.symbols) {
    terminal.line(
      `${symbol.padEnd(10)} ${integer(candles).padStart(7)} candles, ${day(startTimeMs)} – ${day(endTimeMs)}`,
    )
  }
  return data
}

const COLLECT: Record<RunConfig['data']['source'], (config: RunConfig, terminal: Terminal) => Promise<Collected>> = {
  exchange: askExchange,
  store: async (config, terminal) => ({ files: await readStoredCandles(config, terminal), simulated: false }),
  files: readFiles,
  simulate: async (config, terminal) => announceSimulation(config, terminal),
}

/**
 * The candles that a config asks for, judged by its policy.
 * @throws CandleError `REJECTED`; what loading and fetching throw
 */
export async function collectCandles(config: RunConfig, terminal: Terminal): Promise<Collected> {
  const { files, simulated } = await COLLECT[config.data.source](config, terminal)
  checkTimeframe(files, config)
  return { files: acceptCandles(files, config, terminal), simulated }
}

/** The schema sees to it that there is a path. */
async function readFiles(config: RunConfig, terminal: Terminal): Promise<Collected> {
  const path = config.data.path!
  return { files: pickSymbols(await loadCandleFiles(path), config, path, terminal), simulated: false }
}

function announceSimulation(config: RunConfig, terminal: Terminal): Collected {
  terminal.stage('data', 'The embedded market simulator. These are not real prices.')
  return { files: simulate(config), simulated: true }
}

const describeFile = ({ symbol, candles }: CandleFile) => ({
  symbol,
  candles: candles.length,
  startTimeMs: candles[0].openTimeMs,
  endTimeMs: candles[candles.length - 1].openTimeMs,
})

async function reload(run: RunDirectory, facts: DataFacts, terminal: Terminal): Promise<RunData> {
  const symbols = facts.symbols.map(s => s.symbol)
  terminal.stage('data', `The candles of run ${run.id}, from ${facts.path}`)
  const found = await loadCandleFiles(facts.path)
  const picked = symbols.flatMap(symbol => pickFile(found, symbol, run.config.data.timeframe))
  const files = acceptCandles(picked, run.config, terminal)
  const sha256 = hashCandles(files)
  if (sha256 !== facts.sha256) {
    throw new ConfigError(
      'DATA_CHANGED',
      `The candles in ${facts.path} are not those that run ${run.id} began with (SHA-256 ${sha256.slice(0, 12)}…, then ${facts.sha256.slice(0, 12)}…). Restore them, or start a new run.`,
      { path: facts.path, sha256, expected: facts.sha256 },
    )
  }
  return { files, exchange: facts.exchange, simulated: facts.simulated, sha256, note: facts.note }
}

/** The file of a symbol, of this timeframe where there is one; a file of another is refused later, by name. */
function pickFile(found: readonly CandleFile[], symbol: string, timeframe: string): CandleFile[] {
  const files = found.filter(file => file.symbol === symbol)
  const matching = files.filter(file => file.timeframe === timeframe)
  return (matching.length > 0 ? matching : files).slice(0, 1)
}

/** The symbols of the config that are there, in its order; all that is there when none of them is. */
function pickSymbols(found: readonly CandleFile[], config: RunConfig, path: string, terminal: Terminal): CandleFile[] {
  terminal.stage('data', `Reading ${path}`)
  const wanted = config.data.symbols
  const picked = wanted.flatMap(symbol => pickFile(found, symbol, config.data.timeframe))
  if (picked.length === 0) {
    terminal.line(`${path} has none of ${list(wanted)}; taking what it has.`)
    return [...found]
  }
  const missing = wanted.filter(symbol => !picked.some(file => file.symbol === symbol))
  if (missing.length > 0) terminal.line(`${path} has no ${list(missing)}; going on without.`)
  return picked
}

/** With the simulator in the exchange's place where it cannot be reached and too little is stored. */
async function askExchange(config: RunConfig, terminal: Terminal): Promise<Collected> {
  const files = await fetchCandles(config, terminal)
  if (files !== null) return { files, simulated: false }
  terminal.line('Using the embedded market simulator. These are not real prices.')
  return { files: simulate(config), simulated: true }
}

function simulate(config: RunConfig): CandleFile[] {
  const { symbols, candles, timeframe } = config.data
  const market = simulateMarket({ symbols, candles, timeframe, seed: config.seed })
  return [...market].map(([symbol, simulated]) => ({ exchange: SIMULATOR, symbol, timeframe, candles: simulated }))
}

function checkTimeframe(files: readonly CandleFile[], { data }: RunConfig): void {
  const other = files.find(file => file.timeframe !== data.timeframe)
  if (other) {
    throw new ConfigError(
      'WRONG_TIMEFRAME',
      `${other.symbol} has ${other.timeframe} candles, but the config says "data.timeframe": "${data.timeframe}". Give ${data.timeframe} candles, or add --set data.timeframe=${other.timeframe}.`,
      { symbol: other.symbol, timeframe: other.timeframe, expected: data.timeframe },
    )
  }
}
