import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../../sdk/candle/candle.ts'
import { assessCandles } from '../../../../../sdk/candle/quality/assess-candles.ts'
import { CANDLE_CHECKS, type Finding } from '../../../../../sdk/candle/quality/finding.ts'
import { simulateMarket } from '../../../../../sdk/candle/simulate-market.ts'
import { HOUR_MS, type Timeframe, timeframeMs } from '../../../../../sdk/units.ts'
import { hasMarketData, recordedCandles, recordedPerpetualCandles } from '../../../../fixtures/market-data.ts'
import { DEFECTS } from '../../../../fixtures/planted-defects.ts'

const ROWS = 4000

interface Sample {
  readonly title: string
  readonly timeframe: Timeframe
  readonly candles: () => Candle[]
}

const simulated = (timeframe: Timeframe, seed: number) => (): Candle[] =>
  simulateMarket({ symbols: ['A/USDT'], candles: ROWS, timeframe, seed }).get('A/USDT') ?? []

const recorded: Sample[] = hasMarketData('planted defects in recorded candles')
  ? [
      { title: 'BTC 1h', timeframe: '1h', candles: () => recordedCandles('BTCUSDT').slice(-ROWS) },
      { title: 'DOGE 1h', timeframe: '1h', candles: () => recordedCandles('DOGEUSDT').slice(25_000, 25_000 + ROWS) },
      { title: 'SOL 15m', timeframe: '15m', candles: () => recordedPerpetualCandles('SOLUSDT', '15m').slice(0, ROWS) },
    ]
  : []

const SAMPLES: Sample[] = [
  { title: 'a simulated 1h', timeframe: '1h', candles: simulated('1h', 1) },
  { title: 'a simulated 5m', timeframe: '5m', candles: simulated('5m', 2) },
  ...recorded,
]

const briefly = ({ check, range, rows }: Pick<Finding, 'check' | 'range' | 'rows'>): string =>
  `${check}: ${rows} in ${range.fromMs} … ${range.toMs}`

describe.each(SAMPLES)('in $title market, assessCandles', ({ title, timeframe, candles: make }) => {
  const candles = make()
  const clean = new Set(assessCandles(candles, { symbol: title, timeframe }).map(briefly))

  it.each(DEFECTS)('finds $title, once and nothing beside it, wherever it is', ({ plant }) => {
    for (const row of [300, 2222, 3333]) {
      const planted = plant(candles, row, timeframeMs(timeframe))
      const found = assessCandles(planted.candles, { symbol: title, timeframe }).map(briefly)
      expect(found.filter(finding => !clean.has(finding))).toEqual(planted.found.map(briefly))
    }
  })
})

describe('assessCandles', () => {
  const candles = simulated('1h', 3)()
  const o = { symbol: 'A/USDT', timeframe: '1h' } as const
  const last = candles[candles.length - 1]

  it('finds no errors in simulated candles', () => {
    expect(assessCandles(candles, o).filter(finding => finding.severity === 'error')).toEqual([])
  })

  it('finds nothing in no candles', () => {
    expect(assessCandles([], o)).toEqual([])
  })

  it('finds the candle in progress, and no gap before a candle of tomorrow', () => {
    const nowMs = last.openTimeMs + 1.5 * HOUR_MS
    const current = { ...last, openTimeMs: last.openTimeMs + HOUR_MS }
    const tomorrow = { ...last, openTimeMs: last.openTimeMs + 24 * HOUR_MS }
    const found = assessCandles([...candles.slice(-200), current, tomorrow], { ...o, nowMs })
    expect(found.map(briefly)).toEqual([
      `inProgress: 1 in ${current.openTimeMs} … ${current.openTimeMs + HOUR_MS}`,
      `inProgress: 1 in ${tomorrow.openTimeMs} … ${tomorrow.openTimeMs + HOUR_MS}`,
    ])
  })

  it('asks whether times are in seconds', () => {
    const seconds = candles.slice(0, 50).map(c => ({ ...c, openTimeMs: c.openTimeMs / 1000 }))
    const [finding] = assessCandles(seconds, o).filter(({ check }) => check === 'misalignedTime')
    expect(finding.text).toContain('is it in seconds?')
  })

  it('says that candles in micro- or nanoseconds cannot be true', () => {
    const errors = (factor: number) =>
      assessCandles(
        candles.slice(0, 50).map(c => ({ ...c, openTimeMs: c.openTimeMs * factor })),
        o,
      )
        .filter(({ severity }) => severity === 'error')
        .map(({ check }) => check)
    expect(new Set(errors(1e3))).toEqual(new Set(['inProgress']))
    expect(errors(1e6)).toEqual(['missingValue'])
  })

  it('takes copies for harmless, and rows that contradict each other for errors', () => {
    const twice = [...candles.slice(0, 100), candles[99], { ...candles[99], close: candles[99].open }]
    const found = assessCandles(twice, o).filter(({ check }) => check.endsWith('Time'))
    expect(found.map(({ check, severity, rows }) => [check, severity, rows])).toEqual([
      ['conflictingTime', 'error', 1],
      ['duplicateTime', 'warning', 1],
    ])
  })

  it('finds that two symbols are mixed, every time twice', () => {
    const other = simulated('1h', 4)().slice(0, 500)
    const mixed = candles.slice(0, 500).flatMap((candle, i) => [candle, other[i]])
    const errors = assessCandles(mixed, o).filter(({ severity }) => severity === 'error')
    expect(errors.map(briefly)).toEqual([
      `conflictingTime: 500 in ${candles[0].openTimeMs} … ${candles[500].openTimeMs}`,
    ])
  })

  it.each([
    [2, '2 candles of 1h apart: they are candles of 120 minutes'],
    [4, '4 candles of 1h apart: they are candles of 4h'],
    [24, '24 candles of 1h apart: they are candles of 1d'],
  ])('finds candles of %i hours that are said to be of one, also where some are missing', (hours, text) => {
    const longer = candles.filter((_, i) => i % hours === 0 && i % (7 * hours) !== 0)
    const found = assessCandles(longer, o).filter(({ check }) => ['wrongTimeframe', 'gap'].includes(check))
    expect(found).toMatchObject([{ check: 'wrongTimeframe', severity: 'error', rows: longer.length }])
    expect(found[0].text).toContain(text)
  })

  it('does not take an exchange that leaves out candles without trades for one of longer candles', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 200, maxLength: 400 }), hasTrades => {
        const thin = candles.slice(0, hasTrades.length).filter((_, i) => hasTrades[i])
        expect(assessCandles(thin, o).map(({ check }) => check)).not.toContain('wrongTimeframe')
      }),
    )
  })

  it('finds one row far ahead, and not all rows after it, out of order', () => {
    const wrong = [candles[0], candles[500], ...candles.slice(1, 400)]
    const found = assessCandles(wrong, o).filter(({ check }) => check === 'timeOrder')
    expect(found.map(({ rows, range }) => [rows, range.fromMs])).toEqual([[1, candles[500].openTimeMs]])
  })

  it('calls a spike that the next candle takes back likelier a bad tick', () => {
    const planted = candles.map((c, i) => (i === 1000 ? { ...c, close: c.close * 1.5, high: c.close * 1.5 } : c))
    const [tick] = assessCandles(planted, o).filter(({ range }) => range.fromMs === candles[1000].openTimeMs)
    expect(tick).toMatchObject({ check: 'priceOutlier', details: { reverting: true } })
    expect(tick.text).toContain('likelier a bad tick')
  })

  it('does not take a hole for another asset where the price goes on', () => {
    const hole = [...candles.slice(0, 1000), ...candles.slice(1500)]
    expect(assessCandles(hole, o).map(({ check }) => check)).not.toContain('assetChange')
  })

  it('gives findings in the order of the checks, then of time', () => {
    const planted = DEFECTS.reduce((rows, { plant }, i) => plant(rows, 100 * (i + 1), HOUR_MS).candles, candles)
    const order = assessCandles(planted, o).map(({ check, range }) => [CANDLE_CHECKS.indexOf(check), range.fromMs])
    expect(order).toEqual([...order].sort(([a, at], [b, bt]) => a - b || at - bt))
    expect(new Set(order.map(([check]) => check)).size).toBeGreaterThan(10)
  })
})
