import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SourceError } from '../../../../sdk/errors.ts'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computePanel } from '../../../../sdk/feature/compute-features.ts'
import { DAY_MS, HOUR_MS } from '../../../../sdk/units.ts'
import { loadFeatureInputs } from '../../../../trainer/data/feature-inputs/load-feature-inputs.ts'
import { readMacroFile } from '../../../../trainer/data/feature-inputs/macro-file.ts'
import type { DataKind } from '../../../../trainer/data/kind.ts'
import type { MarketStore, SeriesKey } from '../../../../trainer/data/market-store.ts'
import { openParquetStore } from '../../../../trainer/data/store/parquet-store.ts'
import { constructedRows } from '../../../fixtures/feature/constructed-rows.ts'
import { hasMarketData, recordedCandles, recordedFunding, recordedPath } from '../../../fixtures/market-data.ts'
import { type Row, tableOf } from '../../../fixtures/market-pages.ts'

const START_MS = Date.UTC(2024, 0, 1)

let folder: string
let market: MarketStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-inputs-'))
  market = await openParquetStore(join(folder, 'store'))
})
afterEach(async () => {
  await market.close()
  await rm(folder, { recursive: true })
})

const keyOf = (kind: DataKind, timeframe: SeriesKey['timeframe'] = null): SeriesKey => ({
  exchange: 'binance',
  symbol: 'BTC/USDT:USDT',
  kind,
  timeframe,
})

const write = (key: SeriesKey, rows: readonly Row[], complete: { fromMs: number; toMs: number } | null = null) =>
  market.write(key, { table: tableOf(key.kind, rows), complete })

const programOf = (features: readonly string[], symbol = 'BTC/USDT') =>
  compileFeatures({ features }, { symbols: [symbol], timeframe: '1h' })

/** Five hourly candles. */
const rows = constructedRows({ closes: [100, 101, 102, 103, 104] })

const candle = (hour: number, close: number): Row => ({
  openTimeMs: START_MS + hour * HOUR_MS,
  ...{ open: close, high: close, low: close, close, volume: 1 },
})

const thrownBy = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => null,
    (e: unknown) => e,
  )
  expect(error).not.toBeNull()
  return error as SourceError
}

describe('inputs from the store', () => {
  it('are those of the perpetual for spot candles, and the candles’ own where they are asked for', async () => {
    // the payment of the evening before is known to the first candle
    await write(keyOf('funding'), [
      { timeMs: START_MS - 8 * HOUR_MS, rate: 0.0001 },
      { timeMs: START_MS + 2 * HOUR_MS, rate: 0.0003 },
    ])
    await write(keyOf('candle', '1h'), [candle(0, 101), candle(2, 103)])
    await write(keyOf('candle', '1d'), [candle(0, 999)])
    await write(keyOf('openInterest', '1h'), [{ timeMs: START_MS + HOUR_MS, base: 7, quote: Number.NaN }])
    await write(keyOf('openInterest', '1d'), [{ timeMs: START_MS, base: 999, quote: 1 }])
    const orders = [{ timeMs: START_MS + 90 * 60_000, id: 'a', price: 100, quantity: 2, side: -1 }]
    await write(keyOf('liquidation'), orders, { fromMs: START_MS + HOUR_MS - 999, toMs: START_MS + 4 * HOUR_MS })
    const features = ['funding(1)', 'basis(1)', 'openInterestChange(1)', 'liquidationShare']
    const [{ inputs }] = await loadFeatureInputs(programOf(features), [rows], {
      store: { market, exchange: 'binance' },
    })
    const none = Number.NaN
    expect(Object.fromEntries(Object.entries(inputs!).map(([name, column]) => [name, Array.from(column)]))).toEqual({
      fundingRate: [0.0001, 0.0001, 0.0003, 0.0003, 0.0003],
      perpetualClose: [101, none, 103, none, none],
      spotClose: [100, 101, 102, 103, 104],
      openInterest: [none, 7, 7, none, none],
      // known where the store has every order
      longLiquidation: [none, 200, 0, 0, none],
      shortLiquidation: [none, 0, 0, 0, none],
    })
  })

  it('of a perpetual’s candles take the spot market’s', async () => {
    await write({ ...keyOf('candle', '1h'), symbol: 'BTC/USDT' }, [candle(1, 99)])
    const perpetual = { ...rows, symbol: 'BTC/USDT:USDT' }
    const program = programOf(['basis(1)'], 'BTC/USDT:USDT')
    const [{ inputs }] = await loadFeatureInputs(program, [perpetual], { store: { market, exchange: 'binance' } })
    expect(inputs!.perpetualClose).toEqual(rows.close)
    expect(inputs!.spotClose[1]).toBe(99)
  })

  it('that the candles come with already are left alone', async () => {
    const given = { ...rows, inputs: { fundingRate: new Float64Array(5).fill(0.5) } }
    const [{ inputs }] = await loadFeatureInputs(programOf(['funding(1)']), [given], {})
    expect(inputs).toEqual(given.inputs)
  })

  it('that no source has are named, with the command that fetches them', async () => {
    const features = ['funding(1)', 'liquidationShare', 'macroReturn(SPY,5)', 'return(1)', 'bookImbalance(10)']
    const error = await thrownBy(
      loadFeatureInputs(programOf(features), [rows], { store: { market, exchange: 'bybit' }, macroFolder: folder }),
    )
    expect(error.code).toBe('MISSING_INPUT')
    expect(error.message).toContain('BTC/USDT: fundingRate (')
    expect(error.message).toContain(
      'no funding of BTC/USDT:USDT from bybit: trainer fetch -e bybit -s BTC/USDT:USDT -k funding',
    )
    expect(error.message).toContain('longLiquidation, shortLiquidation')
    expect(error.message).toContain('spyClose, spyClose[5]')
    expect(error.message).toContain('and 16 more')
    expect(error.message).toContain(`"${folder}" has no file of SPY`)
    expect(error.details.missing).toHaveLength(4)
    const without = await thrownBy(loadFeatureInputs(programOf(features), [rows], {}))
    expect(without.message).toContain('no store is given')
    expect(without.message).toContain('no folder of daily values is given')
  })
})

describe('macro files', () => {
  it('are found by their names, gzipped or not, and read by date', async () => {
    const text = 'date,open,close\n2023-12-29,1,470.5\n2024-01-02,1,472\n'
    await writeFile(join(folder, 'SPY_1d_2023.csv.gz'), gzipSync(text))
    const [{ inputs }] = await loadFeatureInputs(programOf(['macroReturn(SPY,1)']), [rows], { macroFolder: folder })
    // New Year's Day: the session of Friday
    expect(Array.from(inputs!.spyClose)).toEqual([470.5, 470.5, 470.5, 470.5, 470.5])
    expect(inputs!['spyClose[1]'].every(Number.isNaN)).toBe(true)
  })

  it.each([
    ['CSV_HEADER', 'day,close\n2024-01-02,1\n', 'day,close'],
    ['CSV_TIME', 'date,close\n2024-13-02,1\n', '"2024-13-02" is no date'],
    ['CSV_TIME', 'date,close\n1704153600000,1\n', 'is no date'],
    ['CSV_NUMBER', 'date,close\n2024-01-02,\n', '"" is no price'],
    ['CSV_NUMBER', 'date,close\n2024-01-02,-4\n', '"-4" is no price'],
  ])('that cannot be read are an error with the place: %s', async (code, text, message) => {
    const path = join(folder, 'VIX_1d.csv')
    await writeFile(path, text)
    const error = await thrownBy(readMacroFile(path))
    expect(error).toBeInstanceOf(SourceError)
    expect(error.code).toBe(code)
    expect(error.message).toContain(path)
    expect(error.message).toContain(message)
  })

  it('in a folder that is not there are an error that names it', async () => {
    const macroFolder = join(folder, 'nowhere')
    const error = await thrownBy(loadFeatureInputs(programOf(['vixLevel']), [rows], { macroFolder }))
    expect(error.code).toBe('NO_SUCH_FILE')
    expect(error.message).toContain(macroFolder)
  })
})

describe.skipIf(!hasMarketData('inputs from a store with recorded funding'))('recorded funding in the store', () => {
  it('gives the feature of the recorded rates, payment by payment', async () => {
    const [fromMs, toMs] = [Date.UTC(2024, 2, 1), Date.UTC(2024, 3, 1)]
    const rates = recordedFunding('BTCUSDT')
    await write(
      keyOf('funding'),
      rates.map(({ timeMs, rate }) => ({ timeMs, rate })),
    )
    const candles = recordedCandles('BTCUSDT').filter(c => c.openTimeMs >= fromMs && c.openTimeMs < toMs)
    const panel = constructedRows({ closes: candles.map(({ close }) => close), startMs: fromMs })
    const program = programOf(['funding(1)', 'vixLevel'])
    const macroFolder = join(recordedPath('macro', 'VIX_1d'), '..')
    const [table] = computePanel(
      program,
      await loadFeatureInputs(program, [panel], { store: { market, exchange: 'binance' }, macroFolder }),
    )
    expect(table.series.length).toBe((toMs - fromMs) / HOUR_MS)
    for (let t = 0; t < table.series.length; t++) {
      const { rate } = rates.findLast(({ timeMs }) => timeMs <= panel.openTimeMs[t])!
      expect(table.observed[0][t]).toBeCloseTo(Math.min(20, Math.max(-10, rate * 10_000)), 9)
    }
    const levels = new Set(table.observed[1])
    // one of each session of the month, and of the last before it
    expect(levels.size).toBeGreaterThanOrEqual(20)
    expect(levels.size).toBeLessThan((toMs - fromMs) / DAY_MS)
  })
})
