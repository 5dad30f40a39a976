import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { build, createServer, preview } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBundle } from '../../sdk/bundle/open-bundle.ts'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { type FeatureSet, observedFeature } from '../../sdk/feature/feature.ts'
import { eachRow } from '../../sdk/feature/op/each-row.ts'
import { registerFeature } from '../../sdk/feature/register-feature.ts'
import { createPredictor } from '../../sdk/forecast/predictor.ts'
import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { forwardOnCpu } from '../fixtures/forward-on-cpu.ts'
import { linkPackages, PACKAGE_JSON, stagePackage } from '../fixtures/stage-package.ts'
import { writeTinyBundle } from '../fixtures/tiny-bundle.ts'
import { chromiumLaunchOptions } from '../setup/chromium.ts'

const MARKET = {
  symbols: ['BTC/USDT'],
  candles: 260,
  timeframe: '1h',
  seed: 3,
  startTimeMs: Date.UTC(2024, 0, 1),
} as const

/** What a user would write; the result ends up in the page's title. */
const MAIN = `
import { createPredictionService, ServiceError, simulateMarket } from 'edgequant'

const MARKET = ${JSON.stringify(MARKET)}
const candles = simulateMarket(MARKET).get('BTC/USDT')
const asked = new URLSearchParams(location.search)
const engine = asked.get('engine') ?? 'auto'
const bundle = '/' + (asked.get('bundle') ?? 'tiny') + '/'
// written out, since bundlers look for exactly this expression
const startOwnWorker = () => new Worker(new URL('./own-worker.js', import.meta.url), { type: 'module' })
const own = bundle === '/own/' ? { createWorker: startOwnWorker } : {}
const service = await createPredictionService({ bundle, cache: false, engine, ...own }).catch(({ code, message }) => {
  document.title = JSON.stringify({ failed: code, message })
  throw new Error('It does not load, as the page says.')
})
const forecast = await service.predictPrice({ symbol: 'BTC/USDT', candles })
const stream = service.follow({ symbol: 'BTC/USDT', candles: candles.slice(0, -1) })
const followed = await stream.push(candles.at(-1))
const report = await service.backtest({
  symbol: 'BTC/USDT',
  candles,
  strategy: { horizonCandles: 6 },
  costs: { feeBps: 1, slippageBps: 0 },
})
const refusal = await service.predictPrice({ symbol: 'DOGE/USDT', candles }).catch(error => error)
// Other candles are forecast anew, until the threads that the first one starts are there.
const long = simulateMarket({ ...MARKET, candles: 4_000 }).get('BTC/USDT')
for (let from = 0; service.engineInfo.kind === 'wasm' && from < 20 && !service.engineInfo.uses.join().includes('threads'); from++) {
  const settings = { strategy: { horizonCandles: 6 }, costs: { feeBps: 1, slippageBps: 0 } }
  await service.backtest({ symbol: 'BTC/USDT', candles: long.slice(from), ...settings })
}
const quantilesOf = ({ horizons }) => horizons.map(horizon => horizon.logReturnQuantiles)
document.title = JSON.stringify({
  kind: service.engineInfo.kind,
  reason: service.engineInfo.reason,
  uses: service.engineInfo.uses,
  quantiles: quantilesOf(forecast),
  followed: quantilesOf(followed),
  backtested: report.result.equity.length,
  needed: service.candlesNeeded,
  refusal: [refusal instanceof ServiceError, refusal.name, refusal.code],
})
await service.dispose()
`

/** An app's own feature, in a worker script of its own. */
const OWN_WORKER = `
import { eachRow, observedFeature, registerFeature } from 'edgequant'
import 'edgequant/worker'
registerFeature(observedFeature({
  name: 'upperHalf',
  group: 'shape',
  summary: 'Whether the candle closed in the upper half of its range.',
  unit: 'flag',
  formula: '1 where close > (high + low) / 2, else 0',
  parameters: {},
  examples: ['upperHalf'],
  build: scope => eachRow('upperHalf', [scope.candle('high'), scope.candle('low'), scope.candle('close')],
    (out, [high, low, close], count) => {
      for (let i = 0; i < count; i++) out[i] = close[i] > (high[i] + low[i]) / 2 ? 1 : 0
    }),
}))
`

/** The same in Node. */
const upperHalf = observedFeature({
  name: 'upperHalf',
  group: 'shape',
  summary: 'Whether the candle closed in the upper half of its range.',
  unit: 'flag',
  formula: '1 where close > (high + low) / 2, else 0',
  parameters: {},
  examples: ['upperHalf'],
  build: scope =>
    eachRow(
      'upperHalf',
      [scope.candle('high'), scope.candle('low'), scope.candle('close')],
      (out, [high, low, close], count) => {
        for (let i = 0; i < count; i++) out[i] = close[i] > (high[i] + low[i]) / 2 ? 1 : 0
      },
    ),
})

const SEASON = { timeZone: 'America/New_York', volatility: Array(168).fill(1), volume: Array(168).fill(0) } as const

/** By the name of the folder that a bundle is served from. */
const SETS: Readonly<Record<string, FeatureSet>> = {
  tiny: { features: ['return(1)', 'parkinson(1,0.05)', 'hourSin(1)', 'hourCos(1)'] },
  special: {
    features: ['rsi(14)', 'marketActivity(3)', 'seasonAhead(6)', 'hourSin(1)'],
    market: ['BTC/USDT'],
    profile: SEASON,
  },
  own: { features: ['upperHalf', 'return(1)', 'hourSin(1)', 'hourCos(1)'] },
}

interface Failed {
  readonly failed: string
  readonly message: string
}

interface Result {
  readonly kind: string
  readonly reason: string
  readonly uses: readonly string[]
  readonly quantiles: number[][]
  readonly followed: number[][]
  readonly backtested: number
  readonly needed: number
  readonly refusal: unknown[]
}

/** As docs/service.md says it must at least be. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'"

const app = mkdtempSync(join(tmpdir(), 'edgequant-app-'))
let browser: Browser
const expected: Record<string, number[][]> = {}

beforeAll(async () => {
  await stagePackage(join(app, 'node_modules/edgequant'))
  linkPackages(app, Object.keys(PACKAGE_JSON.dependencies))
  writeFileSync(join(app, 'index.html'), '<script type="module" src="./main.js"></script>')
  writeFileSync(join(app, 'main.js'), MAIN)
  writeFileSync(join(app, 'own-worker.js'), OWN_WORKER)
  registerFeature(upperHalf)
  for (const [folder, set] of Object.entries(SETS)) {
    const files = await writeTinyBundle({ forward: forwardOnCpu, set })
    mkdirSync(join(app, 'public', folder), { recursive: true })
    for (const [name, bytes] of files) writeFileSync(join(app, 'public', folder, name), bytes)

    const bundle = await openBundle(files, folder)
    const engine = await createTfjsEngine({ network: bundle.network, weights: bundle.weights, backend: 'cpu' })
    const forecast = await createPredictor({ bundle, engine }).predict({
      symbol: 'BTC/USDT',
      candles: simulateMarket(MARKET).get('BTC/USDT')!,
    })
    expected[folder] = forecast.horizons.map(horizon => [...horizon.logReturnQuantiles])
  }
  browser = await chromium.launch(chromiumLaunchOptions())
})

afterAll(async () => {
  await browser?.close()
  rmSync(app, { recursive: true })
})

/** What the page found, and the names of the scripts that it loaded. */
async function resultAt(
  port: number,
  engine: string,
  { bundle = 'tiny', missing }: { readonly bundle?: string; readonly missing?: string } = {},
): Promise<Result & Failed & { scripts: string[] }> {
  const page = await browser.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(error.message))
  const scripts = new Set<string>()
  page.context().on('request', request => scripts.add(nameOf(request.url())))
  if (missing !== undefined) await page.context().route(`**/${missing}*`, route => route.fulfill({ status: 404 }))
  await page.goto(`http://127.0.0.1:${port}/?engine=${engine}&bundle=${bundle}`)
  const title = page.waitForFunction(() => document.title, null, { timeout: 60_000 })
  const result = await title.catch(error => Promise.reject(new Error([error.message, ...problems].join('\n'))))
  return { ...JSON.parse(await result.jsonValue()), scripts: [...scripts].filter(name => name.endsWith('.js')).sort() }
}

/** Without the folder, and without the hash that bundlers add. */
const nameOf = (url: string): string => new URL(url).pathname.replace(/^.*\//, '').replace(/-[\w-]{8}(?=\.js$)/, '')

function expectForecasts({ quantiles, followed, backtested, needed, refusal }: Result, bundle = 'tiny'): void {
  expect(quantiles).toEqual(expected[bundle].map(row => row.map(quantile => expect.closeTo(quantile, 6))))
  expect(followed).toEqual(quantiles)
  expect(backtested).toBe(MARKET.candles - needed + 1)
  expect(refusal).toEqual([true, 'ServiceError', 'UNKNOWN_SYMBOL'])
}

const portOf = (server: { address(): AddressInfo | string | null }): number => (server.address() as AddressInfo).port

describe('an app that installed the package and uses Vite without settings', () => {
  it('gets the forecasts of the reference engine when it is built, under a strict content security policy, and loads what it runs', async () => {
    await build({ root: app, configFile: false, logLevel: 'error' })
    const headers = { 'Content-Security-Policy': CONTENT_SECURITY_POLICY }
    const server = await preview({ root: app, configFile: false, preview: { port: 0, host: '127.0.0.1', headers } })
    const port = portOf(server.httpServer)
    const fused = await resultAt(port, 'auto')
    const reference = await resultAt(port, 'tfjs')
    await server.close()
    expect(fused.kind).toBe('wasm')
    expectForecasts(fused)
    expect(fused.uses).toContainEqual(expect.stringMatching(/^\d threads$/))
    expect(fused.scripts).toEqual(['backtesting.js', 'index.js', 'wasm-engine.js', 'worker.js'])
    expect(reference.kind).toBe('tfjs')
    expectForecasts(reference)
    expect(reference.scripts).toEqual(['backtesting.js', 'index.js', 'tfjs-engine.js', 'worker.js'])
  })

  it("loads the families of features that its bundle names, and runs an app's own in the app's worker", async () => {
    const server = await preview({ root: app, configFile: false, preview: { port: 0, host: '127.0.0.1' } })
    const port = portOf(server.httpServer)
    const special = await resultAt(port, 'wasm', { bundle: 'special' })
    const own = await resultAt(port, 'wasm', { bundle: 'own' })
    await server.close()
    expectForecasts(special, 'special')
    expect(special.scripts).toContain('special-features.js')
    expectForecasts(own, 'own')
    expect(own.scripts).toContain('own-worker.js')
  })

  it('runs under a policy that blocks WebAssembly, on WebGPU, and says what the others lack', async () => {
    const policy = CONTENT_SECURITY_POLICY.replace(" 'wasm-unsafe-eval'", '')
    const headers = { 'Content-Security-Policy': policy }
    const server = await preview({ root: app, configFile: false, preview: { port: 0, host: '127.0.0.1', headers } })
    const port = portOf(server.httpServer)
    const webgpu = await resultAt(port, 'webgpu')
    const wasm = await resultAt(port, 'wasm')
    const auto = await resultAt(port, 'auto')
    await server.close()
    expect(webgpu.kind).toBe('webgpu')
    expectForecasts(webgpu)
    expect(wasm).toMatchObject({
      failed: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining("'wasm-unsafe-eval'"),
    })
    // The adapter here is a software one, which auto takes only because nothing else runs.
    expect(auto.kind).toBe('webgpu')
    expect(auto.reason).toMatch(/software GPU adapter, slowly, since no other engine runs here.*wasm-unsafe-eval/)
    expectForecasts(auto)
  })

  it('learns which script is missing where not all of them are served', async () => {
    const server = await preview({ root: app, configFile: false, preview: { port: 0, host: '127.0.0.1' } })
    const result = await resultAt(portOf(server.httpServer), 'wasm', { missing: 'wasm-engine' })
    await server.close()
    expect(result).toMatchObject({ failed: 'SCRIPT_MISSING', message: expect.stringMatching(/engine wasm.*beside/) })
  })

  it('gets them from the development server as well', async () => {
    const server = await createServer({
      root: app,
      configFile: false,
      server: { port: 0, host: '127.0.0.1', ws: false },
    })
    await server.listen()
    const port = portOf(server.httpServer!)
    const results = [await resultAt(port, 'auto'), await resultAt(port, 'tfjs')]
    await server.close()
    expect(results.map(({ kind }) => kind)).toEqual(['wasm', 'tfjs'])
    for (const result of results) expectForecasts(result)
  })
})
