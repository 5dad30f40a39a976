import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Candle, formatCandleCsv, HOUR_MS, simulateMarket } from 'edgequant'
import { type Browser, chromium, type Page } from 'playwright'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumLaunchOptions } from '../setup/chromium.ts'

const repository = resolve(import.meta.dirname, '../..')
const screenshots = resolve(import.meta.dirname, '../screenshots')

/** Software rendering on a small machine: a first load may take this long. */
const LOAD_MS = 90_000

let server: ViteDevServer
let browser: Browser
let origin: string

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true })
  server = await createServer({
    configFile: resolve(repository, 'demo/vite.config.ts'),
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
    logLevel: 'error',
  })
  await server.listen()
  const address = server.httpServer!.address()
  if (address === null || typeof address === 'string')
    throw new Error(`The server listens at ${address}, not at a port.`)
  origin = `http://127.0.0.1:${address.port}`
  browser = await chromium.launch(chromiumLaunchOptions())
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

interface Visit {
  readonly width: number
  readonly height: number
  readonly theme?: 'dark' | 'light'
  readonly query?: string
  readonly prepare?: (page: Page) => Promise<void>
}

/** A page with its errors collected; closed after `use`. */
async function visit(
  { width, height, theme = 'dark', query = '', prepare }: Visit,
  use: (page: Page) => Promise<void>,
) {
  const page = await browser.newPage({ viewport: { width, height } })
  const errors: string[] = []
  page.on('pageerror', error => errors.push(String(error)))
  try {
    await page.addInitScript(value => localStorage.setItem('edgequant-theme', value), theme)
    await prepare?.(page)
    await page.goto(`${origin}/${query}`)
    await use(page)
    expect(errors, 'uncaught errors on the page').toEqual([])
  } finally {
    await page.close()
  }
}

/** Answers for `/candles/` as the trainer's server does; three candles of the first symbol are missing. */
async function serveCandles(page: Page, candles: ReadonlyMap<string, readonly Candle[]>) {
  const symbols = [...candles.keys()].map(symbol => ({ symbol, url: `/candles/${symbol.replace('/', '')}.csv` }))
  const index = { simulated: false, exchange: 'test-exchange', timeframe: '1h', symbols }
  await page.route('**/candles/index.json', route => route.fulfill({ json: index }))
  for (const [i, { symbol, url }] of symbols.entries()) {
    const whole = candles.get(symbol)!
    const served = i === 0 ? [...whole.slice(0, 2_000), ...whole.slice(2_003)] : whole
    await page.route(`**${url}`, route => route.fulfill({ contentType: 'text/csv', body: formatCandleCsv(served) }))
  }
}

const forecastShown = (page: Page) => page.waitForSelector('.chart-canvas[data-forecast-as-of]', { timeout: LOAD_MS })
const backtestShown = (page: Page) =>
  page.waitForSelector('.lab[aria-busy="false"] .metrics', { timeout: LOAD_MS, state: 'attached' })
const forecastAsOf = (page: Page) => page.getAttribute('.chart-canvas', 'data-forecast-as-of')
const decisionSentence = (page: Page) => page.textContent('[data-testid="decision-sentence"]')

/** Pixels of the price pane that are tinted with the accent (green well above red): the fan, before any act marks. */
const fanPixels = (page: Page) =>
  page.evaluate(() => {
    let tinted = 0
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>('.chart-canvas canvas')) {
      const pixels = canvas.getContext('2d')!.getImageData(0, 0, canvas.width || 1, canvas.height || 1).data
      for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 1] > pixels[i] + 15 && pixels[i + 3] > 0) tinted++
    }
    return tinted
  })

const overflow = (page: Page) =>
  page.evaluate(() => ({
    right: document.documentElement.scrollWidth - innerWidth,
    below: document.documentElement.scrollHeight - innerHeight,
  }))

/** Elements of the page whose box ends beyond the screen's right edge. */
const cutOff = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('#app *')]
      .filter(element => !element.closest('svg, canvas, table, .chart-canvas, .visually-hidden'))
      .filter(element => element.getClientRects().length > 0 && element.getBoundingClientRect().right > innerWidth + 1)
      .map(element => `${element.tagName.toLowerCase()}.${element.className}`),
  )

describe('the demo terminal', () => {
  it('draws the forecast fan, says the decision in a sentence, and reports what it runs on', async () => {
    await visit({ width: 1440, height: 900 }, async page => {
      await forecastShown(page)
      await expect.poll(() => fanPixels(page), { timeout: LOAD_MS }).toBeGreaterThan(2_000)
      expect(await page.getAttribute('.chart-canvas', 'aria-label')).toMatch(/80 % of outcomes expected between/)
      expect(await decisionSentence(page)).toMatch(/^\S+: (abstain|buy|sell), expected .*\sbps over .*, cost .*\sbps/)
      expect(await page.locator('.importance-group li').count()).toBeGreaterThan(2)
      expect(await page.textContent('.engine-reason')).not.toBe('')
      expect(await page.textContent('.header-data')).toContain('simulated market')
      await backtestShown(page)
      expect(await page.textContent('.metrics thead')).toMatch(/EdgeQuant.*Buy & Hold.*Simple Grid/)
      expect(await overflow(page), 'one screen without scrolling').toEqual({ right: 0, below: 0 })
      expect(await cutOff(page)).toEqual([])
      await page.screenshot({ path: `${screenshots}/terminal-1440-dark.png` })
    })
  })

  it('computes the backtest again when a slider moves, and counts the trial', async () => {
    await visit({ width: 1280, height: 800, theme: 'light' }, async page => {
      await backtestShown(page)
      const metrics = await page.textContent('.metrics tbody')
      expect(await page.textContent('.lab-summary')).toContain('1 trial')
      await page.locator('input[name="edgeMultiplier"]').fill('0')
      await page.waitForFunction(() => document.querySelector('.lab-summary')?.textContent?.includes('2 trials'))
      expect(await page.textContent('.metrics tbody')).not.toBe(metrics)
      expect(await overflow(page), 'one screen without scrolling').toEqual({ right: 0, below: 0 })
      expect(await cutOff(page)).toEqual([])
      await page.screenshot({ path: `${screenshots}/terminal-1280-light.png` })
    })
  })

  it('moves its clock and its symbol by keys, and forecasts anew', async () => {
    await visit({ width: 1280, height: 800 }, async page => {
      await forecastShown(page)
      const newest = Number(await forecastAsOf(page))
      await page.keyboard.press('[')
      await expect.poll(() => forecastAsOf(page), { timeout: LOAD_MS }).toBe(String(newest - 3_600_000))
      const symbol = await page.textContent('.chart-readout strong')
      await page.keyboard.press('j')
      await expect.poll(() => page.textContent('.chart-readout strong')).not.toBe(symbol)
      await expect.poll(() => decisionSentence(page), { timeout: LOAD_MS }).not.toContain(symbol!.split(' ')[0])
      await page.keyboard.press('?')
      expect(await page.locator('dialog.help').isVisible()).toBe(true)
    })
  })

  it('shows recorded candles that the site serves, and says how many were missing', async () => {
    const symbols = ['BTC/USDT', 'ETH/USDT']
    const candles = simulateMarket({ symbols, candles: 3_000, timeframe: '1h', seed: 7 })
    await visit({ width: 1280, height: 800, prepare: page => serveCandles(page, candles) }, async page => {
      await forecastShown(page)
      expect(await page.textContent('.header-data')).toBe('recorded · test-exchange')
      expect(await page.getAttribute('.header-data .tag', 'data-why')).toContain('3 candles missing')
      expect(await page.locator('.watch-symbol').allTextContents()).toEqual(['BTC', 'ETH'])
      const end = candles.get('BTC/USDT')!.at(-1)!.openTimeMs + HOUR_MS
      expect(await forecastAsOf(page)).toBe(String(end))
    })
  })

  it('shows everything on a phone without cutting anything off, the lab as a sheet', async () => {
    await visit({ width: 390, height: 844 }, async page => {
      await forecastShown(page)
      expect((await overflow(page)).right).toBe(0)
      expect(await cutOff(page)).toEqual([])
      await page.screenshot({ path: `${screenshots}/terminal-390-dark.png` })
      await page.click('.sheet-opener')
      await backtestShown(page)
      expect(await cutOff(page)).toEqual([])
      await page.screenshot({ path: `${screenshots}/terminal-390-lab.png` })
    })
  })

  it('says readably that a bundle is missing, with its code and a way to try again', async () => {
    await visit({ width: 1280, height: 800, query: '?bundle=/bundles/absent/1.0.0/' }, async page => {
      const alert = page.locator('.loading[role="alert"]')
      await alert.waitFor({ timeout: LOAD_MS })
      expect(await alert.textContent()).toContain('/bundles/absent/1.0.0/')
      expect(await alert.textContent()).toMatch(/Code [A-Z_]+/)
      expect(await alert.getByRole('button', { name: 'Try again' }).isVisible()).toBe(true)
      expect(await page.textContent('.decision')).toContain('No model, no decision.')
      await page.screenshot({ path: `${screenshots}/terminal-missing-bundle.png` })
    })
  })
})
