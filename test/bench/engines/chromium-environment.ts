import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { chromium } from 'playwright'
import { createServer, type Plugin } from 'vite'
import { WORKER_PACKAGES } from '../../../demo/worker-packages.ts'
import { chromiumLaunchOptions } from '../../setup/chromium.ts'
import { type Environment, type RemoteHost, remoteHost } from './environment.ts'
import type { BenchPage } from './page/page.ts'
import { recordedSeries } from './recorded-series.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

/** What threads and a fine clock need. */
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

/** Hosts as workers of a page in headless Chromium. */
export async function chromiumEnvironment(): Promise<Environment> {
  const server = await createServer({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    plugins: [serveSeries()],
    // onnxruntime finds its binaries beside its own file
    optimizeDeps: {
      entries: ['test/bench/engines/page/index.html'],
      include: [...WORKER_PACKAGES],
      exclude: ['onnxruntime-web'],
    },
    server: { port: 0, host: '127.0.0.1', ws: false, hmr: false, watch: null, headers: ISOLATED },
  })
  await server.listen()
  const browser = await chromium.launch(chromiumLaunchOptions())
  const page = await browser.newPage()
  page.on('pageerror', error => console.error(`chromium: ${error.message}`))
  const { port } = server.httpServer!.address() as AddressInfo
  await page.goto(`http://127.0.0.1:${port}/test/bench/engines/page/index.html`)
  await page.waitForFunction(() => 'bench' in globalThis)

  const start = async (): Promise<RemoteHost> => {
    const index = await page.evaluate(() => (globalThis as unknown as { bench: BenchPage }).bench.start())
    const call = (method: string, args: readonly unknown[]) =>
      page.evaluate(o => (globalThis as unknown as { bench: BenchPage }).bench.call(o.index, o.method, o.args), {
        index,
        method,
        args,
      })
    return remoteHost(call, () =>
      page.evaluate(i => (globalThis as unknown as { bench: BenchPage }).bench.stop(i), index),
    )
  }
  const adapter = await page.evaluate(() => (globalThis as unknown as { bench: BenchPage }).bench.adapter())
  return {
    name: 'chromium',
    facts: { chromium: browser.version(), adapter },
    start,
    async close() {
      await browser.close()
      await server.close()
    },
  }
}

/** `/bench/series/<subject>.json` */
const serveSeries = (): Plugin => ({
  name: 'bench-series',
  configureServer(server) {
    server.middlewares.use('/bench/series', async (request, response) => {
      const subject = /^\/(\w+)\.json/.exec(request.url ?? '')?.[1] ?? ''
      const { observed, known, ...rest } = await recordedSeries(subject)
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify({ ...rest, observed: [...observed], known: [...known] }))
    })
  },
})
