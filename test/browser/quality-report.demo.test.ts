import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { toTable } from '../../trainer/data/candle-table.ts'
import { judgeSeries } from '../../trainer/data/quality/judge-series.ts'
import { DEFAULT_SERIES_POLICY } from '../../trainer/data/quality/series-finding.ts'
import { renderQualityReport } from '../../trainer/report/quality/render-quality.ts'
import { chromiumLaunchOptions } from '../setup/chromium.ts'

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', '1000PEPE/USDT']

/** Seven years, so that the widest parts are there. */
function page(): string {
  const market = simulateMarket({ symbols: SYMBOLS, candles: 7 * 365 * 6, timeframe: '4h', seed: 2 })
  const judged = SYMBOLS.map(symbol => {
    const candles = (market.get(symbol) ?? []).filter((_, i) => i % 1000 > 3)
    const key = { exchange: 'binance', symbol, kind: 'candle', timeframe: '4h' } as const
    return {
      where: `/data/a-long-name-without-any-space-in-it/${symbol}`.repeat(2),
      judgement: judgeSeries(key, toTable(candles)),
    }
  })
  return renderQualityReport({ judged, policy: DEFAULT_SERIES_POLICY, maxGapCandles: 6, atMs: 0 })
}

describe('the quality page in a browser', () => {
  let browser: Browser
  let folder: string
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgequant-quality-page-'))
    const path = join(folder, 'quality.html')
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

  it.each([390, 1440])('fits %i pixels, with every series unfolded', async width => {
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

  it('unfolds a series by keyboard, and a link leads to it', async () => {
    const opened = await open(1440)
    const second = opened.locator('details').nth(1)
    await second.locator('summary').focus()
    await opened.keyboard.press('Enter')
    expect(await second.locator('.calendar').isVisible()).toBe(true)
    await opened.locator('a.name').nth(1).focus()
    await opened.keyboard.press('Enter')
    expect(new URL(opened.url()).hash).toBe(`#${await second.getAttribute('id')}`)
    await opened.close()
  })

  it.each(['dark', 'light'] as const)(
    'tells a perfect month from a bad one and both from the page in a %s theme',
    async scheme => {
      const opened = await open(1440, scheme)
      const colors = await opened.evaluate(() => [
        getComputedStyle(document.body).backgroundColor,
        ...['q0', 'q5'].map(name => getComputedStyle(document.querySelector(`.scale .${name}`) as Element).fill),
      ])
      expect(new Set(colors).size).toBe(3)
      await opened.close()
    },
  )
})
