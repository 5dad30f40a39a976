import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import { createRandom } from '../../sdk/random.ts'
import { HOUR_MS } from '../../sdk/units.ts'
import { toTable } from '../../trainer/data/candle-table.ts'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'
import { checkStore } from '../soak/fetch/check-store.ts'
import { soakRuns } from '../soak/fetch/soak-fetch.ts'
import { END_OF_YEAR_MS, PERPETUAL, START_MS, SYMBOLS, soakMarkets } from '../soak/fetch/soak-market.ts'

const RUNS = 3
/** A hang still ends. */
const TIMEOUT_MS = 300_000

it(
  'a year of candles of five symbols, and of funding of one, is exact in the store after every fault, after kills, and after what came later',
  async () => {
    const { runs, failures } = await soakRuns(1, RUNS)
    expect(failures).toEqual([])
    expect(runs).toHaveLength(RUNS)
    for (const { rows } of runs) expect(rows).toBeGreaterThan(5 * 8600)
    const sum = (of: (run: (typeof runs)[number]) => number): number => runs.reduce((total, run) => total + of(run), 0)
    expect(sum(run => run.kills)).toBeGreaterThan(RUNS / 2)
    for (const fault of Object.keys(runs[0].faults) as (keyof (typeof runs)[number]['faults'])[]) {
      expect(
        sum(run => run.faults[fault]),
        fault,
      ).toBeGreaterThan(0)
    }
  },
  TIMEOUT_MS,
)

describe('the check of the soak', () => {
  const nowMs = END_OF_YEAR_MS + HOUR_MS / 2
  const complete = { fromMs: START_MS, toMs: END_OF_YEAR_MS - 3 * HOUR_MS }
  const market = soakMarkets(createRandom(1))[0]
  const year = market.candles!.get('1h')!.filter(c => c.openTimeMs < END_OF_YEAR_MS)
  const key = { exchange: 'binance', symbol: SYMBOLS[0], kind: 'candle', timeframe: '1h' } as const

  async function checking(candles: readonly Candle[]): Promise<number> {
    const folder = await mkdtemp(join(tmpdir(), 'edgequant-soak-check-'))
    try {
      const store = await openParquetStore(folder)
      await store.write(key, { table: toTable(candles), complete })
      await store.close()
      return await checkStore({ folder, series: [key], markets: [market], fromMs: START_MS, nowMs, killsSince: 0 })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  it('passes what is exact, and newest candles with values that will be corrected', async () => {
    expect(await checking(year)).toBe(year.length)
    expect(await checking(year.with(-1, { ...year[year.length - 1], close: 1 }))).toBe(year.length)
  })

  it.each([
    ['lost', (candles: readonly Candle[]) => candles.toSpliced(500, 1)],
    [
      'altered',
      (candles: readonly Candle[]) => candles.with(500, { ...candles[500], volume: candles[500].volume + 1e-9 }),
    ],
    ['made up', (candles: readonly Candle[]) => [...candles, { ...candles[0], openTimeMs: END_OF_YEAR_MS }]],
    ['lost at the end', (candles: readonly Candle[]) => candles.slice(0, -1)],
  ])('fails where one row is %s', async (_, spoil) => {
    await expect(checking(spoil(year))).rejects.toThrow(/row \d+ is .*, and should be /)
  })

  it('fails where one funding payment is lost', async () => {
    const markets = soakMarkets(createRandom(1))
    const funding = { exchange: 'binance', symbol: PERPETUAL, kind: 'funding', timeframe: null } as const
    const paid = markets.find(({ symbol }) => symbol === PERPETUAL)!.funding!.filter(({ timeMs }) => timeMs < nowMs)
    const folder = await mkdtemp(join(tmpdir(), 'edgequant-soak-check-'))
    const check = () => checkStore({ folder, series: [funding], markets, fromMs: START_MS, nowMs, killsSince: 0 })
    const storing = async (rows: typeof paid): Promise<void> => {
      const store = await openParquetStore(folder)
      const timeMs = Float64Array.from(rows, row => row.timeMs)
      const rate = Float64Array.from(rows, row => row.rate)
      const toMs = paid[paid.length - 1].timeMs + 1
      await store.write(funding, {
        table: { length: rows.length, columns: { timeMs, rate } },
        complete: { fromMs: START_MS, toMs },
      })
      await store.close()
    }
    try {
      await storing(paid.toSpliced(500, 1))
      await expect(check()).rejects.toThrow(/funding: row 500 is .*, and should be /)
      await storing(paid)
      expect(await check()).toBe(paid.length)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
