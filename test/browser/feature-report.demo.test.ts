import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { validateCandles } from '../../sdk/candle/validate-candles.ts'
import { computeFeatures } from '../../sdk/feature/compute-features.ts'
import { DEFAULT_FEATURES } from '../../sdk/feature/default-features.ts'
import { HOUR_MS } from '../../sdk/units.ts'
import { analyseFeatures } from '../../trainer/report/features/analyse-features.ts'
import { renderFeatureReport } from '../../trainer/report/features/render-features.ts'
import { chromiumLaunchOptions } from '../setup/chromium.ts'

const SYMBOLS = ['BTC/USDT', 'ETH/USDT']
const CANDLES = 3000
/** As long as names of features of features become. */
const LONG = ['lag(realisedVolatility(168,0.05),24)', 'change(lag(parkinson(24,0),168),24)']

function page(): string {
  const market = simulateMarket({ symbols: SYMBOLS, candles: CANDLES, timeframe: '1h', seed: 2 })
  const symbols = SYMBOLS.map(symbol => {
    const series = validateCandles(market.get(symbol) ?? [], { symbol, timeframe: '1h' })
    const table = computeFeatures(series, [...DEFAULT_FEATURES, ...LONG])
    const columns = [
      ...table.observedFeatures.map((feature, i) => ({ ...feature, values: table.observed[i] })),
      ...table.knownFeatures.map(feature => ({ ...feature, values: series.openTimeMs.map(feature.at!) })),
    ]
    return { symbol, openTimeMs: series.openTimeMs, columns }
  })
  const at = (candle: number) => symbols[0].openTimeMs[0] + candle * HOUR_MS
  const analysis = analyseFeatures(symbols, {
    train: { startTimeMs: at(0), endTimeMs: at(2000) },
    calibration: { startTimeMs: at(2000), endTimeMs: at(2300) },
    test: { startTimeMs: at(2300), endTimeMs: at(CANDLES) },
  })
  const facts = { name: 'a-long-name-of-a-config', timeframe: '1h', exchange: 'simulator', simulated: true }
  return renderFeatureReport({ ...facts, analysis, candles: CANDLES * SYMBOLS.length, atMs: 0 })
}

describe('the page on features in a browser', () => {
  let browser: Browser
  let folder: string
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgequant-feature-page-'))
    const path = join(folder, 'features.html')
    await writeFile(path, page())
    url = pathToFileURL(path).href
    browser = await chromium.launch(chromiumLaunchOptions())
  })
  afterAll(async () => {
    await browser.close()
    await rm(folder, { recursive: true })
  })

  const open = async (width: number, colorScheme: 'dark' | 'light' = 'dark'): Promise<Page> => {
    const opened = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    await opened.goto(url)
    return opened
  }

  it.each([390, 1280])('fits %i pixels, with every feature unfolded', async width => {
    const opened = await open(width)
    const size = await opened.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true
      return document.documentElement.scrollWidth
    })
    expect(size).toBe(width)
    await opened.close()
  })

  it('asks for nothing but itself', async () => {
    const asked: string[] = []
    const opened = await browser.newPage()
    opened.on('request', request => asked.push(request.url()))
    await opened.goto(url)
    expect(asked).toEqual([url])
    await opened.close()
  })

  it('draws three pictures of each feature, none of which leaves its box', async () => {
    const opened = await open(1280)
    const outside = await opened.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true
      const plots = [...document.querySelectorAll('svg.plot')]
      return {
        plots: plots.length,
        features: document.querySelectorAll('details.feature').length,
        outside: plots.filter(plot => {
          const box = plot.getBoundingClientRect()
          return [...plot.querySelectorAll('text')].some(text => {
            const { left, right } = text.getBoundingClientRect()
            return left < box.left - 2 || right > box.right + 2
          })
        }).length,
      }
    })
    expect(outside).toEqual({
      plots: 3 * outside.features,
      features: DEFAULT_FEATURES.length + LONG.length,
      outside: 0,
    })
    await opened.close()
  })

  it('leads from the table to a feature, by keyboard', async () => {
    const opened = await open(1280)
    const third = opened.locator('details.feature').nth(2)
    await opened.locator('.overview a.name').nth(2).focus()
    await opened.keyboard.press('Enter')
    expect(new URL(opened.url()).hash).toBe(`#${await third.getAttribute('id')}`)
    await third.locator('summary').focus()
    await opened.keyboard.press('Enter')
    expect(await third.locator('svg.plot').first().isVisible()).toBe(true)
    await opened.close()
  })

  it.each(['dark', 'light'] as const)('tells training, test and the page apart in a %s theme', async scheme => {
    const opened = await open(1280, scheme)
    const colors = await opened.evaluate(() => [
      getComputedStyle(document.body).backgroundColor,
      getComputedStyle(document.querySelector('.overview .training') as Element).fill,
      getComputedStyle(document.querySelector('.overview .test') as Element).stroke,
    ])
    expect(new Set(colors).size).toBe(3)
    await opened.close()
  })
})
