import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assessCandles } from '../../../../../sdk/candle/quality/assess-candles.ts'
import { scoreDays, scoreMonths } from '../../../../../sdk/candle/quality/score-candles.ts'
import { simulateMarket } from '../../../../../sdk/candle/simulate-market.ts'
import { DAY_MS, HOUR_MS } from '../../../../../sdk/units.ts'
import { DEFECTS } from '../../../../fixtures/planted-defects.ts'

const O = { symbol: 'A/USDT', timeframe: '1h' } as const
// 2020-01-11 to 2020-03-30
const START_MS = Date.UTC(2020, 0, 11)
const CANDLES =
  simulateMarket({ symbols: ['A/USDT'], candles: 80 * 24, timeframe: '1h', seed: 8, startTimeMs: START_MS }).get(
    'A/USDT',
  ) ?? []
const months = (candles: typeof CANDLES) => scoreMonths(candles, assessCandles(candles, O))

describe('scoreMonths', () => {
  it('begins and ends with the series', () => {
    expect(months(CANDLES).map(({ period, expected, present }) => [period, expected, present])).toEqual([
      ['2020-01', 21 * 24, 21 * 24],
      ['2020-02', 29 * 24, 29 * 24],
      ['2020-03', 30 * 24, 30 * 24],
    ])
  })

  it('takes 4 points for each hundredth that is missing', () => {
    // 30 of the 696 hours of February
    const from = 25 * 24
    const february = months([...CANDLES.slice(0, from), ...CANDLES.slice(from + 30)])[1]
    const gap = february.reasons.find(({ check }) => check === 'gap')
    expect(gap).toMatchObject({ rows: 30 })
    expect(gap?.points).toBeCloseTo((400 * 30) / 696, 9)
    expect([february.expected, february.present]).toEqual([696, 666])
  })

  it('shares a gap among the months that it lies in', () => {
    // the last 5 hours of January and the first 7 of February
    const from = 21 * 24 - 5
    const [january, february] = months([...CANDLES.slice(0, from), ...CANDLES.slice(from + 12)])
    const rows = (month: typeof january) => month.reasons.find(({ check }) => check === 'gap')?.rows
    expect([rows(january), rows(february)]).toEqual([5, 7])
  })

  it('gives reasons whose points add up to what is missing from 100', () => {
    fc.assert(
      fc.property(fc.subarray([...DEFECTS], { maxLength: 6 }), defects => {
        const broken = defects.reduce((rows, { plant }, i) => plant(rows, 200 + 200 * i, HOUR_MS).candles, CANDLES)
        for (const { score, reasons } of months(broken)) {
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score + reasons.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(100, 9)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('takes little where nothing is lost: rows that descend, or all come twice', () => {
    for (const rows of [[...CANDLES].reverse(), [...CANDLES, ...CANDLES]]) {
      for (const { reasons, score } of months(rows)) {
        const lossless = reasons.filter(({ check }) => ['timeOrder', 'duplicateTime'].includes(check))
        expect(lossless.every(({ points }) => points <= 10)).toBe(true)
        expect(score).toBeGreaterThan(75)
      }
    }
  })

  it('gives nothing for a month that holds two assets', () => {
    const asset = DEFECTS.find(({ title }) => title.startsWith('another asset'))
    const broken = asset?.plant(CANDLES, 30 * 24, HOUR_MS).candles ?? []
    expect(months(broken).map(({ score }) => score < 50)).toEqual([false, true, false])
    expect(months(broken)[1].score).toBe(0)
  })

  it('gives nothing where there are no candles', () => {
    expect(months([])).toEqual([])
  })
})

describe('scoreDays', () => {
  it('has each day, and 0 for one without any candle', () => {
    const from = 10 * 24
    const broken = [...CANDLES.slice(0, from), ...CANDLES.slice(from + 24)]
    const days = scoreDays(broken, assessCandles(broken, O))
    expect(days).toHaveLength(80)
    expect(days[10]).toMatchObject({
      period: '2020-01-21',
      startMs: START_MS + 10 * DAY_MS,
      score: 0,
      expected: 24,
      present: 0,
    })
    expect(days[9].score).toBeGreaterThan(99)
  })
})
