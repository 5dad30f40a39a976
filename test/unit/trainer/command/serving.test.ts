import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { type Served, serveDemo } from '../../../../trainer/command/stage/serving.ts'
import { parseConfig } from '../../../../trainer/config/load-config.ts'
import { publishCandles } from '../../../../trainer/registry/publish-candles.ts'
import { createRun, type RunDirectory } from '../../../../trainer/registry/run-directory.ts'

describe('serveDemo', { timeout: 60_000 }, () => {
  let folder: string
  let run: RunDirectory
  let blocker: Server
  let served: Served
  let port: number

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgequant-serve-'))
    run = await createRun(parseConfig({ name: 'tiny', data: { source: 'simulate' } }, 'test'), folder)
    const market = simulateMarket({ symbols: ['BTC/USDT'], candles: 500, timeframe: '1h', seed: 1, startTimeMs: 0 })
    await publishCandles(run, {
      files: [...market].map(([symbol, candles]) => ({ symbol, timeframe: '1h', candles })),
      simulated: true,
      exchange: 'simulator',
      testStartMs: 400 * HOUR_MS,
      warmupCandles: 50,
    })
    await mkdir(run.bundlePath, { recursive: true })
    const manifest = { name: 'tiny', version: '1.0.0', training: { simulated: true } }
    await writeFile(join(run.bundlePath, 'manifest.json'), JSON.stringify(manifest))

    blocker = createServer()
    port = await new Promise(done => blocker.listen(0, () => done((blocker.address() as AddressInfo).port)))
    served = await serveDemo(run, port)
  }, 60_000)
  afterAll(async () => {
    await served?.close()
    blocker?.close()
    await rm(folder, { recursive: true })
  })

  const get = (path: string) => fetch(new URL(path, served.url))

  it('takes the next port when the one asked for is taken, and says so', () => {
    expect(served.takenPort).toBe(port)
    expect(Number(new URL(served.url).port)).toBeGreaterThan(port)
  })

  it("lists the run's bundle first, and serves its files", async () => {
    const [first] = await (await get('/bundles/index.json')).json()
    expect(first).toEqual({ name: 'tiny', version: '1.0.0', url: '/bundles/tiny/1.0.0/', simulated: true })
    expect(await (await get('/bundles/tiny/1.0.0/manifest.json')).json()).toMatchObject({ name: 'tiny' })
  })

  it('serves the candles of the test period and the warm-up before it', async () => {
    const index = await (await get('/candles/index.json')).json()
    expect(index).toMatchObject({ simulated: true, exchange: 'simulator', timeframe: '1h' })
    expect(index.symbols).toEqual([
      {
        symbol: 'BTC/USDT',
        url: '/candles/BTCUSDT.csv',
        candles: 150,
        startTimeMs: 350 * HOUR_MS,
        endTimeMs: 499 * HOUR_MS,
      },
    ])
    const lines = (await (await get(index.symbols[0].url)).text()).trim().split('\n')
    expect(lines[0]).toBe('timestamp,open,high,low,close,volume')
    expect(lines).toHaveLength(151)
  })

  it('serves no file but candles there', async () => {
    expect((await get('/candles/config.json')).status).toBe(404)
    expect((await get('/candles/..%2Fconfig.json')).status).toBe(404)
    expect((await get('/candles/ETHUSDT.csv')).status).toBe(404)
  })

  it('serves the page', async () => {
    expect(await (await get('/')).text()).toContain('EdgeQuant')
  })
})
