import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../sdk/units.ts'
import { toCandles } from '../../trainer/data/candle-table.ts'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'
import { type LoopbackExchange, startLoopbackExchange } from '../fixtures/exchange/loopback-exchange.ts'
import { simulatedMarket } from '../fixtures/exchange/simulated-market.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const MAIN = join(REPOSITORY, 'trainer', 'command', 'main.ts')

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']
const HOURS = 4000
/** The trainer goes by the machine's clock: the candles end yesterday. */
const startTimeMs = Math.floor(Date.now() / DAY_MS - 1) * DAY_MS - HOURS * HOUR_MS
const markets = SYMBOLS.map((symbol, i) => simulatedMarket(symbol, { candles: HOURS, seed: i + 1, startTimeMs }))
const candlesOf = (symbol: string) => markets.find(market => market.symbol === symbol)!.candles!.get('1h')!
const from = ['--from', new Date(startTimeMs).toISOString().slice(0, 16)]
const to = ['--to', new Date(startTimeMs + HOURS * HOUR_MS).toISOString().slice(0, 16)]

let exchange: LoopbackExchange
let folder: string
const children: ChildProcess[] = []
beforeAll(async () => {
  exchange = await startLoopbackExchange({ markets, delayMs: 60 })
  folder = await mkdtemp(join(tmpdir(), 'edgequant-fetch-cli-'))
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await exchange.close()
  await rm(folder, { recursive: true })
})

const klines = () => exchange.requests.filter(({ path }) => path === '/api/v3/klines')

/** `trainer fetch`; a signal is sent when so many pages of candles have been asked for. */
function fetchThere(args: readonly string[], after?: { readonly pages: number; readonly signal: NodeJS.Signals }) {
  const url = `binance.public=${exchange.urls('binance').public}`
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'fetch', '--url', url, ...args], { cwd: REPOSITORY })
  children.push(child)
  const before = klines().length
  const watch = setInterval(() => {
    if (after && klines().length - before >= after.pages) {
      child.kill(after.signal)
      clearInterval(watch)
    }
  }, 5)
  let output = ''
  child.stdout.on('data', chunk => (output += chunk))
  child.stderr.on('data', chunk => (output += chunk))
  return new Promise<{ status: number | null; output: string }>(done =>
    child.on('close', status => {
      clearInterval(watch)
      done({ status, output })
    }),
  )
}

async function storedCandles(store: string, symbol: string) {
  const opened = await openParquetStore(store)
  try {
    return toCandles(await opened.read({ exchange: 'binance', symbol, kind: 'candle', timeframe: '1h' }))
  } finally {
    await opened.close()
  }
}

describe('trainer fetch', () => {
  it('goes on where it was killed, and asks for no finished page again', { timeout: 120_000 }, async () => {
    const store = join(folder, 'killed')
    const args = ['-s', SYMBOLS.join(), '-t', '1h', ...from, ...to, '--store', store, '--concurrency', '2']
    const pagesAtOnce = klines().length
    for (const pages of [2, 5, 4]) {
      const killed = await fetchThere(args, { pages, signal: 'SIGKILL' })
      expect(killed.status, killed.output).toBeNull()
    }
    const { status, output } = await fetchThere(args)
    expect(status, output).toBe(0)
    for (const symbol of SYMBOLS) expect(await storedCandles(store, symbol)).toEqual(candlesOf(symbol))

    // a page that was asked for twice was in flight, or being written, when the process was killed: at most two each time
    const asked = klines()
      .slice(pagesAtOnce)
      .map(({ query }) => `${query.symbol} ${query.startTime}`)
    expect(asked.length - new Set(asked).size).toBeLessThanOrEqual(3 * 2)
    expect(
      (await readdir(store, { recursive: true })).filter(name => name.endsWith('.parquet')).length,
    ).toBeGreaterThan(0)
  })

  it('ends on Ctrl-C, keeps what is finished, says how to go on; then all is there', { timeout: 120_000 }, async () => {
    const store = join(folder, 'interrupted')
    const args = ['-s', 'BTC/USDT', ...from, ...to, '--store', store]
    const stopped = await fetchThere(args, { pages: 3, signal: 'SIGINT' })
    expect(stopped.status, stopped.output).toBe(130)
    expect(stopped.output).toContain('the same command goes on from there')
    expect(candlesOf('BTC/USDT')).toEqual(expect.arrayContaining(await storedCandles(store, 'BTC/USDT')))

    const rest = await fetchThere(args)
    expect(rest.status, rest.output).toBe(0)
    expect(rest.output).toMatch(/binance +BTC\/USDT +candle 1h +[\d,]+ +4,000 +0 +20/)
    const again = await fetchThere(args)
    expect(again.output).toMatch(/binance +BTC\/USDT +candle 1h +0 +4,000 +0 .* already complete/)
  })

  it('exits with 1 where a series failed, with its reason below the table, after the others', async () => {
    const store = join(folder, 'mixed')
    const { status, output } = await fetchThere(['-s', 'ETH/USDT,BTC/USDX', ...from, ...to, '--store', store])
    expect(status).toBe(1)
    expect(output).toMatch(/binance +ETH\/USDT +candle 1h +4,000/)
    expect(output).toMatch(/binance +BTC\/USDX .* failed/)
    expect(output).toMatch(/BTC\/USDX candle 1h of binance: UNKNOWN_SYMBOL .*BTC\/USDT/)
  })

  it.each([
    [['-n', '10', '--from', '2024-06-30'], 'Give one of them'],
    [['--to', '2024-06-30'], 'Say where to begin, too'],
    [['--from', '2024-06-30', '--to', '2024-06-30'], '--to must lie after --from'],
    [['--from', '2124-06-30'], '--from lies in the future'],
    [['-k', 'trade'], 'There may be millions of trades'],
    [['-k', 'candles'], '"candles" is no kind of data'],
    [['--from', '2024-02-31'], 'Expected a time in UTC'],
    [['--url', 'binance=nowhere'], 'Expected e.g. binance.public='],
  ])('refuses %j, and says what to do', async (args, text) => {
    const { status, output } = await fetchThere([...args, '--store', join(folder, 'refused')])
    expect(status).toBe(1)
    expect(output.replace(/\s+/g, ' ')).toContain(text)
  })
})
