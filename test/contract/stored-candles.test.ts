import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ccxt from 'ccxt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import type { TimeRange } from '../../sdk/candle/time-ranges.ts'
import { HOUR_MS } from '../../sdk/units.ts'
import { collectCandles } from '../../trainer/command/stage/obtain-candles.ts'
import type { Terminal } from '../../trainer/command/terminal.ts'
import { parseConfig } from '../../trainer/config/load-config.ts'
import { toTable } from '../../trainer/data/candle-table.ts'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'
import { type LoopbackExchange, startLoopbackExchange } from '../fixtures/exchange/loopback-exchange.ts'
import { simulatedMarket } from '../fixtures/exchange/simulated-market.ts'

const SYMBOLS = ['BTC/USDT', 'ETH/USDT']
const CANDLES = 300
const startTimeMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 400 * HOUR_MS
const markets = SYMBOLS.map((symbol, i) => simulatedMarket(symbol, { candles: 410, seed: i + 1, startTimeMs }))

let folder: string
let exchange: LoopbackExchange
let said: string[]
const terminal: Terminal = {
  stage: (_, text) => void said.push(text),
  line: text => void said.push(text),
  progress: () => ({ update: () => {}, stop: () => {} }),
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-stored-'))
  exchange = await startLoopbackExchange({ markets })
  said = []
  // a run asks the exchange itself: here, ccxt takes the loopback exchange for it
  const describeBinance = ccxt.binance.prototype.describe
  vi.spyOn(ccxt.binance.prototype, 'describe').mockImplementation(function (this: typeof ccxt.binance.prototype) {
    const description = describeBinance.call(this)
    Object.assign(description.urls.api, exchange.urls('binance'))
    return description
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await exchange.close()
  await rm(folder, { recursive: true })
})

const collect = (data: object) =>
  collectCandles(
    parseConfig(
      { name: 'tiny', data: { symbols: SYMBOLS, candles: CANDLES, store: folder, timeoutMs: 3000, ...data } },
      'the config',
    ),
    terminal,
  )

const klines = (): number => exchange.requests.filter(({ path }) => path.endsWith('/klines')).length

describe('candles of a run, from an exchange', () => {
  it('are the newest closed ones, by way of the store, of which the next run asks for what is new only', async () => {
    const { files, simulated } = await collect({ source: 'exchange' })
    expect(simulated).toBe(false)
    for (const [i, { exchange: id, symbol, candles }] of files.entries()) {
      const fed = markets[i].candles!.get('1h')!
      const last = fed.findIndex(c => c.openTimeMs === candles[CANDLES - 1].openTimeMs)
      expect([id, symbol]).toEqual(['binance', SYMBOLS[i]])
      expect(candles).toEqual(fed.slice(last + 1 - CANDLES, last + 1))
      expect(fed[last].openTimeMs + HOUR_MS).toBeLessThanOrEqual(Date.now())
    }
    const first = klines()
    const again = await collect({ source: 'exchange' })
    expect(again.files.map(file => file.candles.length)).toEqual([CANDLES, CANDLES])
    expect(klines() - first).toBe(SYMBOLS.length)
  })

  it('are those of the store where the exchange cannot be reached and they are enough, and that is said', async () => {
    const before = await collect({ source: 'exchange' })
    exchange.setOffline(true)
    const { files, simulated } = await collect({ source: 'exchange' })
    expect({ files, simulated }).toEqual({ files: before.files, simulated: false })
    expect(said.join('\n')).toMatch(
      /binance cannot be reached \(waited up to 3 s\)\.\nUsing what .* has of it, up to 20/,
    )
  })

  const key = { exchange: 'binance', symbol: 'BTC/USDT', kind: 'candle', timeframe: '1h' } as const
  const fed = markets[0].candles!.get('1h')!
  /** Of a time long before the newest ones: no run that asks for those may get these. */
  const longAgo = fed.map(c => ({ ...c, openTimeMs: c.openTimeMs - 20_000 * HOUR_MS }))
  const dataOf = { source: 'exchange', symbols: ['BTC/USDT'] }

  async function store(candles: readonly Candle[], complete: TimeRange | null): Promise<void> {
    const opened = await openParquetStore(folder)
    await opened.write(key, { table: toTable(candles), complete })
    await opened.close()
  }

  it('are those of the newest time only, although the market has gaps in it and the store has older ones', async () => {
    await store(longAgo, null)
    const gapped = fed.toSpliced(200, 12)
    await exchange.close()
    exchange = await startLoopbackExchange({ markets: [{ ...markets[0], candles: new Map([['1h', gapped]]) }] })
    const { files } = await collect(dataOf)
    const [{ candles }] = files
    expect(candles).toHaveLength(CANDLES - 12)
    const last = gapped.findIndex(c => c.openTimeMs === candles[candles.length - 1].openTimeMs)
    expect(candles).toEqual(gapped.slice(last + 1 - (CANDLES - 12), last + 1))
    expect(said).toContain('BTC/USDT: 288 candles in the time of 300: the exchange gives no others.')
  })

  it('are those of the newest stored time where it cannot be reached, if all that is missing is known to be', async () => {
    await store(longAgo, null)
    const gapped = fed.slice(0, 390).toSpliced(200, 12)
    await store(gapped, { fromMs: fed[0].openTimeMs, toMs: fed[387].openTimeMs })
    exchange.setOffline(true)
    const { files, simulated } = await collect(dataOf)
    expect(simulated).toBe(false)
    expect(files[0].candles).toEqual(gapped.slice(-(CANDLES - 12)))
    expect(said).toContain('BTC/USDT: 288 candles in the time of 300: the exchange gives no others.')
  })

  it('are simulated where it cannot be reached and some of the newest time were never fetched', async () => {
    await store(longAgo, null)
    await store(fed.slice(0, 390).toSpliced(200, 12), null)
    exchange.setOffline(true)
    const { simulated } = await collect(dataOf)
    expect(simulated).toBe(true)
    expect(said.join('\n')).toMatch(
      /has too few of BTC\/USDT: of its newest 300 candles, up to 20.* were not all fetched/,
    )
  })

  it('are an error where the exchange has none of this time', async () => {
    await exchange.close()
    exchange = await startLoopbackExchange({ markets: [{ ...markets[0], candles: new Map([['1h', longAgo]]) }] })
    await expect(collect(dataOf)).rejects.toMatchObject({ name: 'SourceError', code: 'NO_CANDLES' })
  })

  it('are simulated where it cannot be reached and the store has too few, and that is said', async () => {
    exchange.setOffline(true)
    const { files, simulated } = await collect({ source: 'exchange' })
    expect(simulated).toBe(true)
    expect(files.map(file => file.exchange)).toEqual(['simulator', 'simulator'])
    expect(said.join('\n')).toContain('These are not real prices')
  })

  it('are an error where the exchange does not list a symbol', async () => {
    await expect(collect({ source: 'exchange', symbols: ['BTC/USDX'] })).rejects.toMatchObject({
      code: 'UNKNOWN_SYMBOL',
    })
  })
})

describe('candles of a run, from the store', () => {
  const key = { exchange: 'binance', symbol: 'BTC/USDT', kind: 'candle', timeframe: '1h' } as const
  const fed = markets[0].candles!.get('1h')!.slice(0, 390) // which have closed

  async function fill(): Promise<void> {
    const store = await openParquetStore(folder)
    const written = await store.write(key, { table: toTable(fed), complete: null })
    const dropped = [{ timeMs: fed[0].openTimeMs, reason: 'assetChange' }]
    await store.writeRepairs(key, { rows: toTable([]), reasons: [], dropped }, written)
    await store.close()
  }

  it('are all of them, repaired, and no exchange is asked', async () => {
    await fill()
    const { files } = await collect({ source: 'store', symbols: ['BTC/USDT'] })
    expect(files).toEqual([{ exchange: 'binance', symbol: 'BTC/USDT', timeframe: '1h', candles: fed.slice(1) }])
    expect(exchange.requests).toEqual([])
  })

  it('are real ones: what validation made up for gaps is left to the config of the run', async () => {
    const store = await openParquetStore(folder)
    const written = await store.write(key, { table: toTable(fed.toSpliced(200, 2)), complete: null })
    const madeUp = fed.slice(200, 202).map(({ openTimeMs, open }) => {
      return { openTimeMs, open, high: open, low: open, close: open, volume: 0 }
    })
    const rows = toTable(madeUp)
    await store.writeRepairs(key, { rows, reasons: ['gap', 'missingValue'], dropped: [] }, written)
    await store.close()
    const { files } = await collect({ source: 'store', symbols: ['BTC/USDT'] })
    expect(files[0].candles).toEqual(fed.toSpliced(200, 2))
  })

  it('are an error where a symbol is not there, with what is and how to fetch it', async () => {
    await fill()
    const failed = collect({ source: 'store' })
    await expect(failed).rejects.toMatchObject({ name: 'StoreError', code: 'NO_SUCH_SERIES' })
    await expect(failed).rejects.toThrow(
      /no 1h candles of ETH\/USDT of binance\. Its candles: binance BTC\/USDT 1h\. .* fetch -e binance -s ETH\/USDT -t 1h --store/,
    )
  })

  it('are an error where the store is empty', async () => {
    await expect(collect({ source: 'store' })).rejects.toThrow('It has no candles at all')
  })
})
