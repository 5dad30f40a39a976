import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { simulateMarket } from '../../../../../sdk/candle/simulate-market.ts'
import { HOUR_MS } from '../../../../../sdk/units.ts'
import { toCandles, toTable } from '../../../../../trainer/data/candle-table.ts'
import type { MarketStore, SeriesKey } from '../../../../../trainer/data/market-store.ts'
import { parsePolicy } from '../../../../../trainer/data/quality/parse-policy.ts'
import { validateSeries } from '../../../../../trainer/data/quality/validate-series.ts'
import { openParquetStore } from '../../../../../trainer/data/store/parquet-store.ts'

const KEY: SeriesKey = { exchange: 'binance', symbol: 'A/USDT', kind: 'candle', timeframe: '1h' }
const sound = simulateMarket({ symbols: ['A/USDT'], candles: 300, timeframe: '1h', seed: 11 }).get('A/USDT') ?? []
const holes = [...sound.slice(0, 100), ...sound.slice(103, 200), ...sound.slice(220)]

describe('validateSeries', () => {
  let folder: string
  let store: MarketStore

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgequant-quality-'))
    store = await openParquetStore(folder)
    await store.write(KEY, { table: toTable(holes), complete: null })
  })
  afterAll(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })

  it('puts what it repairs into the store, marked, and leaves the rows as they came beside', async () => {
    const { actions } = await validateSeries(store, KEY)
    expect(actions.filter(action => action === 'repaired')).toHaveLength(1)
    const read = await store.read(KEY)
    expect(read.length).toBe(holes.length + 3)
    expect(read.repaired.flatMap((reason, i) => (reason === '' ? [] : [[reason, i]]))).toEqual([
      ['gap', 100],
      ['gap', 101],
      ['gap', 102],
    ])
    expect(toCandles(read)[101]).toEqual({
      openTimeMs: sound[101].openTimeMs,
      open: sound[99].close,
      high: sound[99].close,
      low: sound[99].close,
      close: sound[99].close,
      volume: 0,
    })
    expect(toCandles(await store.read(KEY, { raw: true }))).toEqual(holes)
  })

  it('writes every finding into the log, with what was done', async () => {
    const log = await store.readLog(KEY)
    expect(log[0]).toMatchObject({ what: 'validated', severity: 'info', rows: holes.length })
    expect(log[0].text).toMatch(
      /^277 rows, 2020-01-01T00:00:00Z to .*: 0 errors, \d+ warnings; worst month 2020-01 with \d+ points\.$/,
    )
    const gaps = log.filter(({ what }) => what === 'gap')
    expect(gaps.map(({ rows, action, range }) => [rows, action, range])).toEqual([
      [3, 'repaired', { fromMs: sound[100].openTimeMs, toMs: sound[103].openTimeMs }],
      [20, 'noted', { fromMs: sound[200].openTimeMs, toMs: sound[220].openTimeMs }],
    ])
  })

  it('judges the rows as they came, so that a changed policy takes old repairs back', async () => {
    await validateSeries(store, KEY, { policy: parsePolicy('gap=reject') })
    expect((await store.read(KEY)).length).toBe(holes.length)
    const last = (await store.readLog(KEY)).filter(({ what }) => what === 'gap').slice(-2)
    expect(last.map(({ action }) => action)).toEqual(['rejected', 'rejected'])
    await validateSeries(store, KEY, { maxGapCandles: 20 })
    expect(toCandles(await store.read(KEY)).map(c => c.openTimeMs)).toEqual(
      Array.from({ length: 300 }, (_, i) => sound[0].openTimeMs + i * HOUR_MS),
    )
  })
})
