import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { build, type PreviewServer, preview } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import { formatCandleCsv } from '../../sdk/candle/candle-csv.ts'
import type { TimeRange } from '../../sdk/candle/time-ranges.ts'
import { HOUR_MS, MINUTE_MS } from '../../sdk/units.ts'
import { ALL_FAULTS } from '../fixtures/exchange/faults.ts'
import {
  type LoopbackExchange,
  type LoopbackExchangeOptions,
  startLoopbackExchange,
} from '../fixtures/exchange/loopback-exchange.ts'
import { simulatedMarket } from '../fixtures/exchange/simulated-market.ts'
import { type FileServer, startFileServer } from '../fixtures/file-server.ts'
import { linkPackages, PACKAGE_JSON, stagePackage } from '../fixtures/stage-package.ts'
import { chromiumLaunchOptions } from '../setup/chromium.ts'

const SYMBOL = 'BTC/USDT'
const START_MS = Date.UTC(2023, 0, 1)
const market = simulatedMarket(SYMBOL, { candles: 8_000, seed: 11, startTimeMs: START_MS })
const candles = market.candles!.get('1h')!
const at = (hour: number) => START_MS + hour * HOUR_MS
const hours = (from: number, to: number): TimeRange => ({ fromMs: at(from), toMs: at(to) })
const rows = (from: number, to: number) => candles.slice(from, to)

/** What a test asks of the page. */
interface Asked {
  readonly range: TimeRange
  /** By ccxt's name for them; without, the exchange's source never answers. */
  readonly urls?: Record<string, string>
  readonly nowMs?: number
  readonly file?: { readonly url: string; readonly cached?: boolean }
  readonly lenient?: boolean
}

interface Loaded {
  readonly candles: Candle[]
  readonly problems: string[]
  readonly missing: TimeRange[]
  readonly error: { readonly name: string; readonly code: string; readonly message: string } | null
}

/** What a user would write, with the answers handed to the test. */
const MAIN = `
import { cachedCandleSource, exchangeCandleSource, loadCandles, urlCandleSource } from 'edgequant'

const hanging = { name: 'binance', async *pages() { await new Promise(() => {}) } }

window.load = async ({ range, urls, nowMs, file, lenient }) => {
  const market = { symbol: '${SYMBOL}', timeframe: '1h' }
  const problems = []
  const missing = []
  const direct = file
    ? urlCandleSource({ url: file.url, ...market })
    : urls
      ? exchangeCandleSource({
          exchange: 'binance',
          urls,
          now: () => nowMs,
          timeoutMs: 2_000,
          retries: lenient || lenient === false ? 1 : 10,
          backoff: { firstMs: 1, longestMs: 20 },
        })
      : hanging
  const source = file && !file.cached ? direct : cachedCandleSource(direct, {
    onCacheProblem: problem => problems.push(problem.code + ' ' + problem.message),
    ...(lenient && { whenSourceFails: failure => missing.push(...failure.missing) }),
  })
  try {
    const candles = await loadCandles(source, { ...market, ...range })
    return { candles, problems, missing, error: null }
  } catch ({ name, code, message }) {
    return { candles: [], problems, missing, error: { name, code, message } }
  }
}
document.title = 'ready'
`

const app = mkdtempSync(join(tmpdir(), 'edgequant-candles-'))
let site: PreviewServer
let siteUrl: string
let browser: Browser
let context: BrowserContext
let exchange: LoopbackExchange
let nowMs: number

beforeAll(async () => {
  await stagePackage(join(app, 'node_modules/edgequant'))
  linkPackages(app, [...Object.keys(PACKAGE_JSON.dependencies), 'ccxt', 'hyparquet', 'hyparquet-compressors'])
  writeFileSync(join(app, 'index.html'), '<script type="module" src="./main.js"></script>')
  writeFileSync(join(app, 'main.js'), MAIN)
  await build({ root: app, configFile: false, logLevel: 'error', build: { minify: false } })
  site = await preview({ root: app, configFile: false, preview: { port: 0, host: '127.0.0.1' } })
  siteUrl = `http://127.0.0.1:${(site.httpServer.address() as AddressInfo).port}/`
  browser = await chromium.launch(chromiumLaunchOptions())
})
beforeEach(async () => {
  context = await browser.newContext()
  nowMs = at(4_000) + 10 * MINUTE_MS
})
afterEach(async () => {
  await context.close()
  await exchange?.close()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
  rmSync(app, { recursive: true })
})

async function startExchange(more: Partial<LoopbackExchangeOptions> = {}): Promise<void> {
  exchange = await startLoopbackExchange({ markets: [market], now: () => nowMs, ...more })
}

async function openTab(): Promise<Page> {
  const page = await context.newPage()
  await page.goto(siteUrl)
  await page.waitForFunction(() => document.title === 'ready')
  return page
}

const ask = (page: Page, asked: Asked): Promise<Loaded> =>
  page.evaluate(o => (globalThis as unknown as { load(o: Asked): Promise<Loaded> }).load(o), asked)
const load = (page: Page, range: TimeRange, more: Partial<Asked> = {}): Promise<Loaded> =>
  ask(page, { range, urls: exchange.urls('binance'), nowMs, ...more })

/** Hours at which the pages of candles began that were asked for since the last call. */
let counted = 0
function takePages(): number[] {
  const pages = exchange.requests.slice(counted).filter(({ path }) => path.endsWith('/klines'))
  counted = exchange.requests.length
  return pages.map(({ query }) => (Number(query.startTime) - START_MS) / HOUR_MS)
}
beforeEach(() => {
  counted = 0
})

/** Waits until so many tabs hold a lock, or wait for one. */
const untilLocks = (page: Page, which: 'held' | 'pending', count: number) =>
  expect
    .poll(() => page.evaluate(async o => (await navigator.locks.query())[o]?.length, which), { timeout: 20_000 })
    .toBe(count)

describe('candles of an exchange in Chromium', () => {
  it('are loaded through ccxt, which is a file of its own that the app loads when it first needs it', async () => {
    await startExchange()
    const scripts = readdirSync(join(app, 'dist/assets')).filter(name => name.endsWith('.js'))
    const large = scripts.filter(name => readFileSync(join(app, 'dist/assets', name)).length > 2_000_000)
    expect(large).toEqual([expect.stringMatching(/^ccxt-/)])
    const loaded: string[] = []
    context.on('request', request => loaded.push(new URL(request.url()).pathname.replace('/assets/', '')))
    const page = await openTab()
    expect(loaded.filter(name => name.startsWith('ccxt-'))).toEqual([])
    expect(await load(page, hours(0, 10))).toMatchObject({ candles: rows(0, 10), error: null })
    expect(loaded.filter(name => name.startsWith('ccxt-'))).toEqual(large)
  })

  it('are asked for once; later only what is new, and what could still change', async () => {
    await startExchange()
    const page = await openTab()
    expect(await load(page, hours(0, 6_000))).toEqual({
      candles: rows(0, 4_000),
      problems: [],
      missing: [],
      error: null,
    })
    expect(takePages()).toEqual([0, 1_000, 2_000, 3_000])
    await page.reload()
    expect((await load(page, hours(0, 6_000))).candles).toEqual(rows(0, 4_000))
    expect(takePages()).toEqual([3_997])
    nowMs = at(4_300)
    expect((await load(page, hours(0, 6_000))).candles).toEqual(rows(0, 4_300))
    expect(takePages()).toEqual([3_997])
    expect((await load(page, hours(100, 4_297))).candles).toEqual(rows(100, 4_297))
    expect(takePages()).toEqual([])
  })

  it('are there after a reload while the exchange is offline', async () => {
    await startExchange()
    const page = await openTab()
    await load(page, hours(0, 4_000))
    exchange.setOffline(true)
    takePages()
    await page.reload()
    expect(await load(page, hours(0, 3_997))).toEqual({
      candles: rows(0, 3_997),
      problems: [],
      missing: [],
      error: null,
    })
    expect(exchange.requests).toHaveLength(counted)
    const strict = await load(page, hours(0, 4_000), { lenient: false })
    expect(strict).toMatchObject({ candles: [], error: { name: 'ExchangeError', code: 'EXCHANGE_UNREACHABLE' } })
    const lenient = await load(page, hours(0, 4_010), { lenient: true })
    expect(lenient).toEqual({ candles: rows(0, 4_000), problems: [], missing: [hours(3_997, 4_010)], error: null })
  })

  it('are exactly right with every fault switched on, in the cache as well', async () => {
    await startExchange({ faults: { ...ALL_FAULTS, seed: 4 } })
    const page = await openTab()
    const preliminary = await load(page, hours(0, 4_000))
    expect(preliminary.error).toBeNull()
    expect(preliminary.candles.slice(0, 3_997)).toEqual(rows(0, 3_997))
    nowMs = at(5_000)
    await page.reload()
    const settled = await load(page, hours(0, 4_900))
    expect(settled).toEqual({ candles: rows(0, 4_900), problems: [], missing: [], error: null })
    takePages()
    expect((await load(page, hours(0, 4_900))).candles).toEqual(rows(0, 4_900))
    expect(takePages()).toEqual([])
    const struck = Object.values(exchange.faultCounts).reduce((sum, count) => sum + count, 0)
    expect(struck).toBeGreaterThan(0)
  })

  it('still come, and the app is told, when the disk is full', async () => {
    await startExchange()
    const page = await openTab()
    const devtools = await context.newCDPSession(page)
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: siteUrl, quotaSize: 10_000 })
    const full = await load(page, hours(0, 3_500))
    expect(full).toMatchObject({ candles: rows(0, 3_500), error: null })
    expect(full.problems).toEqual([expect.stringMatching(/^CACHE_FAILED .*could not be written.*quota/i)])
    expect(takePages()).toEqual([0, 1_000, 2_000, 3_000])
  })
})

describe('two tabs', () => {
  it('that load the same candles at once ask for each page once', async () => {
    await startExchange({ delayMs: 20 })
    const [one, two] = await Promise.all([openTab(), openTab()])
    const [first, second] = await Promise.all([load(one, hours(0, 3_900)), load(two, hours(0, 3_900))])
    expect(first.candles).toEqual(rows(0, 3_900))
    expect(second.candles).toEqual(rows(0, 3_900))
    expect(takePages()).toEqual([0, 1_000, 2_000, 3_000])
  })

  it('that load stretches which overlap ask for nothing twice', async () => {
    await startExchange({ delayMs: 20 })
    const [one, two] = await Promise.all([openTab(), openTab()])
    await load(one, hours(1_500, 2_500))
    takePages()
    const [first, second] = await Promise.all([load(one, hours(0, 3_000)), load(two, hours(1_000, 3_900))])
    expect(first.candles).toEqual(rows(0, 3_000))
    expect(second.candles).toEqual(rows(1_000, 3_900))
    const asked = exchange.requests
      .filter(({ path }) => path.endsWith('/klines'))
      .map(({ query }) => [Number(query.startTime), Number(query.endTime)])
      .sort(([a], [b]) => a - b)
    for (const [i, [fromMs]] of asked.slice(1).entries()) expect(fromMs).toBeGreaterThan(asked[i][1])
  })

  it('do not wait for one that was closed in the middle of its request', async () => {
    await startExchange()
    const [stuck, other] = await Promise.all([openTab(), openTab()])
    void ask(stuck, { range: hours(0, 2_000) }).catch(() => {})
    await untilLocks(stuck, 'held', 1)
    const loading = load(other, hours(0, 2_000))
    await untilLocks(other, 'pending', 1)
    expect(takePages()).toEqual([])
    await stuck.close()
    expect((await loading).candles).toEqual(rows(0, 2_000))
    expect(takePages()).toEqual([0, 1_000])
  })

  it('do not wait for ever for one that makes no progress', async () => {
    await startExchange()
    const stuck = await openTab()
    void ask(stuck, { range: hours(0, 2_000) }).catch(() => {})
    await untilLocks(stuck, 'held', 1)
    const other = await openTab()
    await other.clock.install()
    const loading = load(other, hours(0, 500))
    await untilLocks(other, 'pending', 1)
    await other.clock.fastForward(21_000)
    expect((await loading).candles).toEqual(rows(0, 500))
  })
})

describe('candles of a file in Chromium', () => {
  let files: FileServer
  beforeEach(async () => {
    await startExchange()
    files = await startFileServer()
  })
  afterEach(() => files.close())

  const csv = new TextEncoder().encode(formatCandleCsv(candles))
  /** More than is read at once. */
  const parquet = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'openTimeMs', data: candles.map(c => new Date(c.openTimeMs)), type: 'TIMESTAMP' },
        ...(['open', 'high', 'low', 'close', 'volume'] as const).map(name => ({
          name,
          data: Float64Array.from(candles, c => c[name]),
          type: 'DOUBLE' as const,
        })),
      ],
      rowGroupSize: 1_000,
      codec: 'UNCOMPRESSED',
    }),
  )

  it.each([
    ['/btc.csv', csv],
    ['/btc.csv.gz', gzipSync(csv)],
    ['/btc.parquet', parquet],
  ])('%s are exactly those of the file', async (path, bytes) => {
    files.files.set(path, { bytes })
    const page = await openTab()
    const loaded = await load(page, hours(0, 8_000), { file: { url: files.url + path } })
    expect(loaded).toMatchObject({ candles: rows(0, 8_000), error: null })
  })

  it('of Parquet are read from the row groups that hold them, across origins', async () => {
    files.files.set('/btc.parquet', { bytes: parquet })
    const page = await openTab()
    const loaded = await load(page, hours(4_100, 4_110), { file: { url: `${files.url}/btc.parquet` } })
    expect(loaded.candles).toEqual(rows(4_100, 4_110))
    const read = files.requests.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(read).toBeLessThan(64 * 1024 + 1_000 * 6 * 8 * 1.1)
    expect(files.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET', 'GET'])
  })

  it('are kept, and there without the server', async () => {
    files.files.set('/btc.parquet', { bytes: parquet })
    const page = await openTab()
    const file = { url: `${files.url}/btc.parquet`, cached: true }
    await load(page, hours(0, 8_000), { file })
    await files.close()
    await page.reload()
    expect(await load(page, hours(0, 8_000), { file })).toMatchObject({ candles: rows(0, 8_000), error: null })
  })

  it("are not the app's own page, where a server answers with that for every address", async () => {
    const page = await openTab()
    const { error } = await load(page, hours(0, 10), { file: { url: '/candles/none.csv' } })
    expect(error).toMatchObject({ name: 'SourceError', code: 'NOT_A_CANDLE_FILE' })
    expect(error!.message).toContain(`${siteUrl}candles/none.csv`)
  })
})
