import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { chromium } from 'playwright'
import { createServer } from 'vite'
import { chromiumLaunchOptions } from '../../setup/chromium.ts'
import type { Row, Table } from '../report.ts'
import { figure, median, quantile } from '../statistics.ts'
import type { FeatureBenchPage } from './page/page.ts'

const SYMBOLS = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE', 'LTC', 'ADA', 'LINK', 'AVAX', 'BCH'].map(base => `${base}/USDT`)
const FULL = { warmUp: 3000, ticks: 10_000 }
const QUICK = { warmUp: 2000, ticks: 1000 }

/** For a clock finer than a tenth of a millisecond. */
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

/** One new candle of ten symbols, all features of all of them, in a worker of a page in headless Chromium. */
export async function measureTicks(quick: boolean): Promise<{ rows: Row[]; table: Table; chromium: string }> {
  const server = await createServer({
    root: resolve(import.meta.dirname, '../../..'),
    configFile: false,
    logLevel: 'error',
    optimizeDeps: { entries: ['test/bench/features/page/index.html'] },
    server: { port: 0, host: '127.0.0.1', ws: false, hmr: false, watch: null, headers: ISOLATED },
  })
  await server.listen()
  const browser = await chromium.launch(chromiumLaunchOptions())
  try {
    const page = await browser.newPage()
    page.on('pageerror', error => console.error(`chromium: ${error.message}`))
    const { port } = server.httpServer!.address() as AddressInfo
    await page.goto(`http://127.0.0.1:${port}/test/bench/features/page/index.html`)
    await page.waitForFunction(() => 'featureBench' in globalThis)
    const times = await page.evaluate(
      request => (globalThis as unknown as { featureBench: FeatureBenchPage }).featureBench.ticks(request),
      { symbols: SYMBOLS, ...(quick ? QUICK : FULL) },
    )
    return { ...report(times), chromium: browser.version() }
  } finally {
    await browser.close()
    await server.close()
  }
}

function report(times: readonly number[]): { rows: Row[]; table: Table } {
  const note = `a new candle of ${SYMBOLS.length} symbols, the recipe’s 106 features of each, in a worker in Chromium`
  const [p50, p99] = [median(times), quantile(times, 0.99)]
  return {
    rows: [
      { id: 'tick.p50Ms', value: p50, unit: 'ms', note },
      { id: 'tick.p99Ms', value: p99, unit: 'ms', note },
    ],
    table: {
      title: 'A new candle of ten symbols, in a worker in Chromium',
      note: `106 features of each, cross-asset ones among them; ${times.length.toLocaleString('en-US')} ticks.`,
      header: ['', 'p50 ms', 'p99'],
      rows: [['push of ten candles', figure(p50), figure(p99)]],
    },
  }
}
