import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../sdk/units.ts'
import { toCandles } from '../../trainer/data/candle-table.ts'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'
import { startLoopbackExchange } from '../fixtures/exchange/loopback-exchange.ts'
import { simulatedMarket } from '../fixtures/exchange/simulated-market.ts'

const HOURS = 200
const startTimeMs = Math.floor(Date.now() / DAY_MS - 1) * DAY_MS - HOURS * HOUR_MS
const key = { exchange: 'binance', symbol: 'BTC/USDT', kind: 'candle', timeframe: '1h' } as const

it('what trainer fetch brings is judged: an outage is told, filled and marked, and the rows stay as they came', async () => {
  const whole = simulatedMarket(key.symbol, { candles: HOURS, seed: 4, startTimeMs })
  const candles = whole.candles!.get('1h')!.toSpliced(120, 2)
  const exchange = await startLoopbackExchange({ markets: [{ ...whole, candles: new Map([['1h', candles]]) }] })
  const folder = await mkdtemp(join(tmpdir(), 'edgequant-judged-'))
  try {
    const url = `binance.public=${exchange.urls('binance').public}`
    const from = new Date(startTimeMs).toISOString().slice(0, 16)
    const to = new Date(startTimeMs + HOURS * HOUR_MS).toISOString().slice(0, 16)
    const flags = ['fetch', '--url', url, '-s', key.symbol, '--from', from, '--to', to, '--store', folder]
    const main = ['--import', 'tsx', 'trainer/command/main.ts', ...flags]
    const cwd = resolve(import.meta.dirname, '../..')
    const { stdout } = await promisify(execFile)(process.execPath, main, { cwd })
    expect(stdout).toMatch(/BTC\/USDT 1h +198 candles, .*: 0 errors, [1-9]\d* warnings?, 1 repaired/)

    const store = await openParquetStore(folder)
    const { length, columns, repaired } = await store.read(key)
    expect(repaired.flatMap((reason, row) => (reason === '' ? [] : [[reason, row]]))).toEqual([
      ['gap', 120],
      ['gap', 121],
    ])
    expect(
      toCandles({ length, columns })
        .slice(119, 122)
        .map(candle => candle.close),
    ).toEqual(Array(3).fill(candles[119].close))
    expect(toCandles(await store.read(key, { raw: true }))).toEqual(candles)
    expect((await store.readLog(key)).map(entry => entry.what)).toContain('gap')
    await store.close()
  } finally {
    await exchange.close()
    await rm(folder, { recursive: true })
  }
}, 60_000)
