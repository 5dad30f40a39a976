import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../../../sdk/units.ts'
import { toTable } from '../../../../../trainer/data/candle-table.ts'
import { BOOK_LEVELS, type DataKind, KINDS, type Table } from '../../../../../trainer/data/kind.ts'
import type { SeriesKey } from '../../../../../trainer/data/market-store.ts'
import { judgeSeries } from '../../../../../trainer/data/quality/judge-series.ts'
import { parsePolicy } from '../../../../../trainer/data/quality/parse-policy.ts'
import type { SeriesFinding } from '../../../../../trainer/data/quality/series-finding.ts'

const START_MS = Date.UTC(2024, 0, 1)
const keyOf = (kind: DataKind): SeriesKey => ({
  exchange: 'binance',
  symbol: 'A/USDT:USDT',
  kind,
  timeframe: KINDS[kind].hasTimeframe ? '1h' : null,
})

type Row = Record<string, number | string>

const tableOf = (rows: readonly Row[]): Table => ({
  length: rows.length,
  columns: Object.fromEntries(
    Object.keys(rows[0]).map(name => [
      name,
      typeof rows[0][name] === 'string'
        ? rows.map(row => String(row[name]))
        : Float64Array.from(rows, row => Number(row[name])),
    ]),
  ),
})

/** Repeats itself never within 97 rows, and stays within 1 % of 1. */
const wave = (i: number): number => 1 + 0.01 * Math.sin(i * 0.7) + (0.001 * ((i * 31) % 97)) / 97

const funding = Array.from({ length: 400 }, (_, i) => ({ timeMs: START_MS + i * 8 * HOUR_MS, rate: 1e-4 * wave(i) }))
const openInterest = Array.from({ length: 400 }, (_, i) => ({
  timeMs: START_MS + i * HOUR_MS,
  base: 5000 * wave(i),
  quote: 2e8 * wave(i + 7),
}))
const trade = Array.from({ length: 400 }, (_, i) => ({
  timeMs: START_MS + Math.floor(i / 2) * 40,
  id: `t${i}`,
  price: 100 * wave(i),
  quantity: 1 + (i % 5),
  side: i % 2 === 0 ? 1 : -1,
}))

function snapshot(i: number): Row {
  const mid = 100 * wave(i)
  const levels = Array.from({ length: BOOK_LEVELS }, (_, l) => l + 1).flatMap(l => [
    [`bidPrice${l}`, mid - 0.01 * l],
    [`bidQuantity${l}`, l],
    [`askPrice${l}`, mid + 0.01 * l],
    [`askQuantity${l}`, 3 * l],
  ])
  return {
    timeMs: START_MS + i * 100,
    midPrice: mid,
    spreadBps: (0.02 / mid) * 10_000,
    bidDepth: 55,
    askDepth: 165,
    imbalance: -0.5,
    ...Object.fromEntries(levels),
  }
}
const book = Array.from({ length: 400 }, (_, i) => snapshot(i))

const SOUND: Readonly<Record<Exclude<DataKind, 'candle' | 'liquidation'>, readonly Row[]>> = {
  funding,
  openInterest,
  trade,
  book,
}
type Kind = keyof typeof SOUND

const changed = (rows: readonly Row[], at: number, values: Row, count = 1): Row[] =>
  rows.map((row, i) => (i >= at && i < at + count ? { ...row, ...values } : row))
const briefly = ({ check, rows, range }: SeriesFinding) => [check, rows, range.fromMs - START_MS]

const PLANTED: readonly { title: string; kind: Kind; rows: Row[]; found: readonly [string, number, number][] }[] = [
  {
    title: 'a rate that is missing',
    kind: 'funding',
    rows: changed(funding, 50, { rate: Number.NaN }),
    found: [['missingValue', 1, 400 * HOUR_MS]],
  },
  {
    title: 'a rate of 300 %',
    kind: 'funding',
    rows: changed(funding, 50, { rate: 3 }),
    found: [['outOfRange', 1, 400 * HOUR_MS]],
  },
  {
    title: 'a rate that is far from the others',
    kind: 'funding',
    rows: changed(funding, 50, { rate: 0.02 }),
    found: [['valueOutlier', 1, 400 * HOUR_MS]],
  },
  {
    title: 'ten equal rates',
    kind: 'funding',
    rows: changed(funding, 50, { rate: 0 }, 10),
    found: [['constantRun', 10, 400 * HOUR_MS]],
  },
  {
    title: 'three payments that are missing',
    kind: 'funding',
    rows: funding.filter((_, i) => i < 50 || i > 52),
    found: [['gap', 3, 400 * HOUR_MS]],
  },
  {
    title: 'a payment that comes twice',
    kind: 'funding',
    rows: [...funding.slice(0, 51), ...funding.slice(50)],
    found: [['duplicateTime', 1, 400 * HOUR_MS]],
  },
  {
    title: 'a payment that comes again with another rate',
    kind: 'funding',
    rows: [...funding.slice(0, 51), { ...funding[50], rate: 0.00031 }, ...funding.slice(51)],
    found: [['conflictingTime', 1, 400 * HOUR_MS]],
  },
  {
    title: 'a row out of order',
    kind: 'funding',
    rows: [...funding.slice(0, 50), ...funding.slice(51, 80), funding[50], ...funding.slice(80)],
    found: [['timeOrder', 1, 400 * HOUR_MS]],
  },
  {
    title: 'a negative open interest',
    kind: 'openInterest',
    rows: changed(openInterest, 60, { base: -1 }),
    found: [['outOfRange', 1, 60 * HOUR_MS]],
  },
  {
    title: 'five samples that are missing',
    kind: 'openInterest',
    rows: openInterest.filter((_, i) => i < 60 || i > 64),
    found: [['gap', 5, 60 * HOUR_MS]],
  },
  {
    title: 'an open interest of a tenth',
    kind: 'openInterest',
    rows: changed(openInterest, 60, { base: 500 }),
    found: [['valueOutlier', 1, 60 * HOUR_MS]],
  },
  {
    title: 'a trade at price 0',
    kind: 'trade',
    rows: changed(trade, 100, { price: 0 }),
    found: [['outOfRange', 1, 2000]],
  },
  {
    title: 'a trade far off the price',
    kind: 'trade',
    rows: changed(trade, 100, { price: 200 }),
    found: [['valueOutlier', 1, 2000]],
  },
  {
    title: 'a trade that comes twice',
    kind: 'trade',
    rows: [...trade.slice(0, 101), trade[100], ...trade.slice(101)],
    found: [['duplicateTime', 1, 2000]],
  },
  {
    title: 'a crossed book',
    kind: 'book',
    rows: changed(book, 70, { bidPrice1: 102, spreadBps: -1 }),
    found: [['crossedBook', 1, 7000]],
  },
  {
    title: 'levels out of order',
    kind: 'book',
    rows: changed(book, 70, { askPrice4: 200 }),
    found: [['inconsistentBook', 1, 7000]],
  },
  {
    title: 'an imbalance that does not follow from the depths',
    kind: 'book',
    rows: changed(book, 70, { imbalance: 0.5 }, 2),
    found: [['inconsistentBook', 2, 7000]],
  },
  {
    title: 'a depth that is not the sum of its levels',
    kind: 'book',
    rows: changed(book, 70, { bidDepth: 56 }),
    found: [['inconsistentBook', 1, 7000]],
  },
]

describe('judgeSeries', () => {
  it.each(Object.keys(SOUND) as Kind[])('finds nothing in sound rows of kind %s', kind => {
    const { findings, months } = judgeSeries(keyOf(kind), tableOf(SOUND[kind]))
    expect(findings).toEqual([])
    expect(months.every(({ score }) => score === 100)).toBe(true)
  })

  it.each(PLANTED)('finds $title, once and nothing beside it', ({ kind, rows, found }) => {
    expect(judgeSeries(keyOf(kind), tableOf(rows)).findings.map(briefly)).toEqual(found)
  })

  it('knows that an exchange may change how often it pays', () => {
    const last = funding[199].timeMs
    const faster = Array.from({ length: 200 }, (_, i) => ({
      timeMs: last + (i + 1) * 4 * HOUR_MS,
      rate: 5e-5 * wave(i),
    }))
    const key = keyOf('funding')
    expect(judgeSeries(key, tableOf([...funding.slice(0, 200), ...faster])).findings).toEqual([])
    const slower = Array.from({ length: 200 }, (_, i) => ({
      timeMs: last + (i + 1) * 12 * HOUR_MS,
      rate: 5e-5 * wave(i),
    }))
    expect(judgeSeries(key, tableOf([...funding.slice(0, 200), ...slower])).findings).toEqual([])
  })

  it('finds times in micro- and nanoseconds, and no gap until then', () => {
    for (const [factor, check] of [
      [1e3, 'outOfRange'],
      [1e6, 'missingValue'],
    ] as const) {
      const wrong = funding.map((row, i) => (i === 399 ? { ...row, timeMs: row.timeMs * factor } : row))
      expect(judgeSeries(keyOf('funding'), tableOf(wrong)).findings.map(f => [f.check, f.rows])).toEqual([[check, 1]])
      const all = judgeSeries(keyOf('trade'), tableOf(trade.map(row => ({ ...row, timeMs: row.timeMs * factor }))))
      expect(all.findings.map(f => [f.check, f.rows])).toEqual([[check, 400]])
      expect(all.months).toEqual([])
    }
  })

  it('takes the rate that an exchange rests at for no constant run', () => {
    const resting = changed(funding, 100, { rate: 1e-4 }, 60)
    expect(judgeSeries(keyOf('funding'), tableOf(resting)).findings).toEqual([])
  })

  it('does not take two trades in the same millisecond for one', () => {
    const sameTime = trade.map(row => ({ ...row, timeMs: START_MS }))
    expect(judgeSeries(keyOf('trade'), tableOf(sameTime)).findings).toEqual([])
  })

  it('leaves out order books that cannot be true, by default, and says so', () => {
    const crossed = changed(book, 70, { bidPrice1: 102, spreadBps: -1 })
    const { repairs, actions, rejected } = judgeSeries(keyOf('book'), tableOf(crossed))
    expect(repairs.dropped).toEqual([{ timeMs: START_MS + 7000, reason: 'crossedBook' }])
    expect([actions, rejected]).toEqual([['repaired'], []])
  })

  it('leaves out no trade by its time, which others may share', () => {
    const broken = changed(trade, 100, { price: 0 })
    const { repairs, actions } = judgeSeries(keyOf('trade'), tableOf(broken), {
      policy: parsePolicy('outOfRange=repair'),
    })
    expect([repairs.dropped, actions]).toEqual([[], ['noted']])
  })

  it('gives repairs of candles as rows of a store', () => {
    const candles = Array.from({ length: 100 }, (_, i) => {
      const price = 100 * wave(i)
      const close = 100 * wave(i + 1)
      return { openTimeMs: START_MS + i * HOUR_MS, open: price, high: 103, low: 97, close, volume: 5 + wave(i) }
    })
    const broken = candles.filter((_, i) => i !== 40).map((c, i) => (i === 10 ? { ...c, close: -1 } : c))
    const { repairs } = judgeSeries(keyOf('candle'), toTable(broken), {
      policy: parsePolicy('nonPositivePrice=repair,gap=warn'),
    })
    expect(repairs.rows.length).toBe(0)
    expect(repairs.dropped).toEqual([{ timeMs: START_MS + 10 * HOUR_MS, reason: 'nonPositivePrice' }])

    const filled = judgeSeries(keyOf('candle'), toTable(broken), { policy: parsePolicy('nonPositivePrice=repair') })
    expect(filled.repairs.dropped).toEqual([])
    expect([...filled.repairs.rows.columns.openTimeMs]).toEqual([START_MS + 10 * HOUR_MS, START_MS + 40 * HOUR_MS])
    expect(filled.repairs.reasons).toEqual(['nonPositivePrice', 'gap'])
  })
})
