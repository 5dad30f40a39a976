import { resolve } from 'node:path'
import { chromium } from 'playwright'
import { createServer } from 'vite'
import { serveBundles } from '../../demo/serve-bundles.ts'
import { WORKER_PACKAGES } from '../../demo/worker-packages.ts'
import { chromiumLaunchOptions } from '../setup/chromium.ts'
import type { SoakPage } from './page.ts'
import { residentBytes } from './process-memory.ts'

type SoakWindow = Window & { readonly soak: SoakPage }

const DEFAULT_FORECASTS = { wasm: 100_000, webgpu: 4_000 }
const STEPS = 10
/** Caches fill and code is compiled at first; then these steps are compared with the last ones, by their medians. */
const MIDDLE = [3, 6] as const
const LAST = [7, 10] as const
/** Resident memory goes up and down by as much by itself; of 100,000 forecasts, some 200 bytes each. */
const ALLOWED_BYTES = 8 * 2 ** 20

const repository = resolve(import.meta.dirname, '../..')
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`

const median = (three: readonly number[]): number => three.toSorted((a, b) => a - b)[1]

async function soak(engine: keyof typeof DEFAULT_FORECASTS, forecasts: number, address: string): Promise<boolean> {
  const options = chromiumLaunchOptions()
  const server = await chromium.launchServer({ ...options, args: [...options.args, '--js-flags=--expose-gc'] })
  try {
    const browser = await chromium.connect(server.wsEndpoint())
    const page = await browser.newPage()
    await page.goto(`${address}test/soak/index.html`)
    await page.waitForFunction(() => 'soak' in window)
    const [{ url }] = await (await fetch(`${address}bundles/index.json`)).json()
    const open = ([bundle, kind]: readonly [string, typeof engine]) =>
      (window as unknown as SoakWindow).soak.open(bundle, kind)
    console.log(`${engine}: ${await page.evaluate(open, [new URL(url, address).href, engine] as const)}`)
    const measured: number[] = []
    for (let step = 1; step <= STEPS; step++) {
      await page.evaluate(count => (window as unknown as SoakWindow).soak.forecast(count), forecasts / STEPS)
      await page.requestGC()
      measured.push(residentBytes(server.process().pid!))
      console.log(`${((step * forecasts) / STEPS).toFixed(0).padStart(7)} forecasts: ${megabytes(measured.at(-1)!)}`)
    }
    const growth = median(measured.slice(...LAST)) - median(measured.slice(...MIDDLE))
    console.log(`${engine}: ${megabytes(growth)} more at the end than in the middle.`)
    return growth <= ALLOWED_BYTES
  } finally {
    await server.close()
  }
}

/**
 * Whether memory stays flat over many forecasts of a service, by default 100,000 on wasm and 4,000 on webgpu. Pages, workers
 * and the GPU process count, so wasm memory and GPU memory of a software adapter do. Linux only.
 *
 * @returns Whether it did.
 */
export async function soakMemory([asked, count]: readonly string[]): Promise<boolean> {
  const engines = (['wasm', 'webgpu'] as const).filter(engine => asked === undefined || asked === engine)
  const vite = await createServer({
    root: repository,
    configFile: false,
    logLevel: 'error',
    appType: 'mpa',
    plugins: [serveBundles(resolve(repository, 'models/bundles'))],
    optimizeDeps: { include: [...WORKER_PACKAGES], entries: ['test/soak/index.html'] },
    server: { host: '127.0.0.1', port: 0, ws: false, watch: null },
  })
  await vite.listen()
  const address = vite.resolvedUrls!.local[0]
  let isFlat = true
  for (const engine of engines) {
    if (await soak(engine, Number(count ?? DEFAULT_FORECASTS[engine]), address)) continue
    console.log(`${engine}: that is more than the ${megabytes(ALLOWED_BYTES)} that are allowed.`)
    isFlat = false
  }
  await vite.close()
  return isFlat
}
