import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, type Random } from '../../../sdk/random.ts'
import { HOUR_MS, MINUTE_MS } from '../../../sdk/units.ts'
import type { SeriesKey } from '../../../trainer/data/market-store.ts'
import { ALL_FAULTS, type FaultName } from '../../fixtures/exchange/faults.ts'
import { type LoopbackExchange, startLoopbackExchange } from '../../fixtures/exchange/loopback-exchange.ts'
import { checkStore } from './check-store.ts'
import { type FetchTask, runFetchTask } from './fetch-task.ts'
import { END_OF_YEAR_MS, LATER_HOURS, PERPETUAL, START_MS, SYMBOLS, soakMarkets } from './soak-market.ts'

export interface SoakRun {
  readonly seed: number
  readonly exchange: string
  readonly kills: number
  readonly requests: number
  readonly rows: number
  readonly faults: Readonly<Record<FaultName, number>>
}

/** How often processes are killed, and within how many requests: about as many as the fetch takes. */
interface Danger {
  /** Of the runs, in which any is. */
  readonly share: number
  readonly mostKills: number
  readonly withinRequests: number
}

const YEAR: Danger = { share: 0.85, mostKills: 2, withinRequests: 60 }
const LATER: Danger = { share: 0.3, mostKills: 1, withinRequests: 12 }
const LONGEST_WAIT_BEFORE_KILL_MS = 25

/**
 * One run: a year of hourly candles of five symbols and of funding payments of one, from an exchange with every fault, into an empty store, by processes
 * that are killed at random moments until one of them ends; then the hours that have passed since, in the same way. The
 * store must hold exactly the rows of the exchange after each.
 *
 * @param script The bundled fetch-process.ts.
 * @throws Error that says which row is wrong
 */
export async function soakRun(seed: number, script: string): Promise<SoakRun> {
  const random = createRandom(seed, 'soak')
  const folder = await mkdtemp(join(tmpdir(), 'edgequant-soak-'))
  const markets = soakMarkets(random)
  let nowMs = END_OF_YEAR_MS + Math.floor(random.uniform() * 60) * MINUTE_MS
  const exchange = await startLoopbackExchange({
    markets,
    now: () => nowMs,
    faults: { ...ALL_FAULTS, seed, retryAfterSeconds: 0.05 },
  })
  const id = random.uniform() < 0.5 ? 'binance' : 'bybit'
  const series: readonly SeriesKey[] = [
    ...SYMBOLS.map(symbol => ({ exchange: id, symbol, kind: 'candle', timeframe: '1h' }) as const),
    { exchange: id, symbol: PERPETUAL, kind: 'funding', timeframe: null },
  ]
  const store = join(folder, 'store')
  try {
    const task = (): FetchTask => ({
      store,
      series,
      fromMs: START_MS,
      toMs: END_OF_YEAR_MS + LATER_HOURS * HOUR_MS,
      nowMs,
      urls: { [id]: exchange.urls(id) },
    })
    let kills = await fetchWithKills(task(), exchange, script, random, YEAR)
    await checkStore({ folder: store, series, markets, fromMs: START_MS, nowMs, killsSince: kills })

    nowMs += (4 + Math.floor(random.uniform() * (LATER_HOURS - 8))) * HOUR_MS
    const before = exchange.requests.length
    const later = await fetchWithKills(task(), exchange, script, random, LATER)
    const rows = await checkStore({ folder: store, series, markets, fromMs: START_MS, nowMs, killsSince: later })
    checkIncremental(exchange, before)
    kills += later
    return { seed, exchange: id, kills, requests: exchange.requests.length, rows, faults: exchange.faultCounts }
  } finally {
    await exchange.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Until a process ends by itself; returns how many were killed. */
async function fetchWithKills(
  task: FetchTask,
  exchange: LoopbackExchange,
  script: string,
  random: Random,
  { share, mostKills, withinRequests }: Danger,
): Promise<number> {
  const planned = random.uniform() < share ? 1 + Math.floor(random.uniform() * mostKills) : 0
  for (let kills = 0; kills < planned; kills++) {
    const afterRequests = exchange.requests.length + Math.floor(random.uniform() * withinRequests)
    const waitMs = random.uniform() * LONGEST_WAIT_BEFORE_KILL_MS
    if (await endsBeforeKill(task, script, () => exchange.requests.length > afterRequests, waitMs)) return kills
  }
  // the last one need not be killed, so it need not be a process of its own
  await runFetchTask(task)
  return planned
}

/** Whether the process ended by itself before it was killed. */
function endsBeforeKill(task: FetchTask, script: string, isTime: () => boolean, waitMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(process.execPath, [script, JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let errors = ''
    child.stderr?.on('data', chunk => {
      errors += chunk
    })
    const watch = setInterval(() => {
      if (!isTime()) return
      clearInterval(watch)
      setTimeout(() => child.kill('SIGKILL'), waitMs)
    }, 1)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearInterval(watch)
      if (signal === 'SIGKILL') resolve(false)
      else if (code === 0) resolve(true)
      else reject(new Error(`The fetching process ended with ${code ?? signal}: ${errors.slice(0, 2000)}`))
    })
  })
}

/** What is settled is not asked for again. */
function checkIncremental({ requests }: LoopbackExchange, before: number): void {
  const settledMs = END_OF_YEAR_MS - 3 * HOUR_MS
  for (const { path, query } of requests.slice(before).filter(({ path: p }) => /kline/.test(p))) {
    const fromMs = Number(query.startTime ?? query.start)
    if (!(fromMs >= settledMs)) {
      throw new Error(`${path} was asked again from ${new Date(fromMs).toISOString()}, which was complete`)
    }
  }
}
