import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'
import { loadCandles } from '../../../../sdk/source/load-candles.ts'
import { urlCandleSource } from '../../../../sdk/source/url-candle-source.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { toTable } from '../../../../trainer/data/candle-table.ts'
import type { SeriesKey } from '../../../../trainer/data/market-store.ts'
import { exportSeries } from '../../../../trainer/data/store/export-series.ts'
import { openParquetStore } from '../../../../trainer/data/store/parquet-store.ts'
import { type FileServer, startFileServer } from '../../../fixtures/file-server.ts'
import { hasMarketData, recordedCandles } from '../../../fixtures/market-data.ts'

const KEY: SeriesKey = { exchange: 'binance', symbol: 'BTC/USDT', kind: 'candle', timeframe: '1h' }
const MARKET = { symbol: 'BTC/USDT', timeframe: '1h' } as const

const folder = mkdtempSync(join(tmpdir(), 'edgequant-exported-'))
let server: FileServer

beforeAll(async () => {
  server = await startFileServer()
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

/** What `trainer data export` writes, read as a browser reads it. */
async function exportedAndRead(candles: readonly Candle[], format: 'csv' | 'parquet'): Promise<readonly Candle[]> {
  const here = mkdtempSync(join(folder, 'case-'))
  const store = await openParquetStore(join(here, 'store'))
  await store.write(KEY, { table: toTable(candles), complete: null })
  const range = { fromMs: candles[0].openTimeMs, toMs: candles.at(-1)!.openTimeMs + HOUR_MS }
  const file = await exportSeries(store, KEY, { folder: join(here, 'out'), format, range, raw: false })
  await store.close()
  const path = `/${format}/${file!.path.split('/').at(-1)}`
  server.files.set(path, { bytes: readFileSync(file!.path) })
  return loadCandles(urlCandleSource({ url: server.url + path, ...MARKET }), { ...MARKET, ...range })
}

describe.each(['csv', 'parquet'] as const)('what trainer data export writes as %s', format => {
  it('is read to the same numbers by a source of its URL', async () => {
    const simulated = simulateMarket({ symbols: ['BTC/USDT'], candles: 3_000, timeframe: '1h', seed: 2 }).get(
      'BTC/USDT',
    )!
    const candles = simulated.filter((_, i) => i < 500 || i > 510)
    expect(await exportedAndRead(candles, format)).toEqual(candles)
  })

  it.skipIf(!hasMarketData('recorded candles through store, export and URL'))(
    'is read to the same numbers when they are seven years of recorded candles with their gaps',
    async () => {
      const candles = recordedCandles('BTCUSDT')
      expect(await exportedAndRead(candles, format)).toEqual(candles)
    },
  )
})
