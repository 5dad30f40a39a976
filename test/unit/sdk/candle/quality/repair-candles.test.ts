import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../../sdk/candle/candle.ts'
import { assessCandles } from '../../../../../sdk/candle/quality/assess-candles.ts'
import { DEFAULT_QUALITY_POLICY } from '../../../../../sdk/candle/quality/default-policy.ts'
import { CANDLE_CHECKS, type CandleCheck, type QualityPolicy } from '../../../../../sdk/candle/quality/finding.ts'
import { repairCandles } from '../../../../../sdk/candle/quality/repair-candles.ts'
import { simulateMarket } from '../../../../../sdk/candle/simulate-market.ts'
import { validateCandles } from '../../../../../sdk/candle/validate-candles.ts'
import { HOUR_MS } from '../../../../../sdk/units.ts'
import { DEFECTS } from '../../../../fixtures/planted-defects.ts'

const O = { symbol: 'A/USDT', timeframe: '1h' } as const
const CANDLES = simulateMarket({ symbols: ['A/USDT'], candles: 900, timeframe: '1h', seed: 5 }).get('A/USDT') ?? []
const MAX_GAP = 6

const allSet = (action: 'repair' | 'warn'): QualityPolicy =>
  Object.fromEntries(CANDLE_CHECKS.map(check => [check, action])) as Record<CandleCheck, 'repair' | 'warn'>

const repair = (candles: readonly Candle[], policy: Partial<QualityPolicy> = {}, base = DEFAULT_QUALITY_POLICY) =>
  repairCandles(candles, assessCandles(candles, O), {
    policy: { ...base, ...policy },
    timeframe: '1h',
    maxGapCandles: MAX_GAP,
  })

const at = (i: number): number => CANDLES[i].openTimeMs
const change = (row: number, values: object): Candle[] =>
  CANDLES.map((c, i) => (i === row ? ({ ...c, ...values } as Candle) : c))

describe('repairCandles', () => {
  it('leaves sound candles as they are', () => {
    const { candles, repairs, rejected } = repair(CANDLES)
    expect(candles).toEqual(CANDLES)
    expect(repairs).toEqual({ rows: [], dropped: [] })
    expect(rejected).toEqual([])
  })

  it('is idempotent, and leaves nothing to find of what it mended', () => {
    const MENDED = new Set([
      ...[
        'missingValue',
        'nonPositivePrice',
        'negativeVolume',
        'ohlcOrder',
        'timeOrder',
        'conflictingTime',
        'duplicateTime',
        'assetChange',
      ],
    ])
    // a misaligned time cannot be mended
    const mendable = DEFECTS.filter(({ title }) => !title.includes('30 s late'))
    const planted = fc.uniqueArray(
      fc.record({ defect: fc.constantFrom(...mendable), place: fc.integer({ min: 1, max: 13 }) }),
      {
        selector: ({ place }) => place,
        maxLength: 6,
      },
    )
    fc.assert(
      fc.property(planted, list => {
        const broken = list
          .toSorted((a, b) => b.place - a.place)
          .reduce((rows, { defect, place }) => defect.plant(rows, place * 60, HOUR_MS).candles, CANDLES)
        const once = repair(broken, {}, allSet('repair'))
        const left = assessCandles(once.candles, O)
        expect(left.filter(({ check }) => MENDED.has(check))).toEqual([])
        expect(left.filter(({ check, rows }) => check === 'gap' && rows <= MAX_GAP)).toEqual([])
        const twice = repair(once.candles, {}, allSet('repair'))
        expect(twice.candles).toEqual(once.candles)
        expect(twice.repairs).toEqual({ rows: [], dropped: [] })
      }),
      { numRuns: 60 },
    )
  })

  it('touches nothing where the policy only warns', () => {
    for (const { plant } of DEFECTS) {
      const broken = plant(CANDLES, 200, HOUR_MS).candles
      const { candles, repairs, rejected, actions } = repair(broken, {}, allSet('warn'))
      expect(candles).toEqual(broken)
      expect([repairs.rows, repairs.dropped, rejected]).toEqual([[], [], []])
      expect(actions.every(action => action === 'noted')).toBe(true)
    }
  })

  it('fills a short gap flat, marks each candle and leaves a long one', () => {
    const holes = [...CANDLES.slice(0, 100), ...CANDLES.slice(103, 200), ...CANDLES.slice(220)]
    const { candles, repairs, actions } = repair(holes)
    expect(candles).toHaveLength(CANDLES.length - 20)
    const { close } = CANDLES[99]
    expect(repairs.rows).toEqual(
      [100, 101, 102].map(i => ({
        candle: { openTimeMs: at(i), open: close, high: close, low: close, close, volume: 0 },
        reason: 'gap',
      })),
    )
    expect(actions).toEqual(['repaired', 'noted'])
  })

  it('drops a row with a missing value and fills its place, naming the value as the reason', () => {
    const { candles, repairs } = repair(change(50, { close: null }), { missingValue: 'repair' })
    expect(repairs.dropped).toEqual([{ openTimeMs: at(50), reason: 'missingValue' }])
    expect(repairs.rows.map(({ candle, reason }) => [candle.openTimeMs, candle.close, reason])).toEqual([
      [at(50), CANDLES[49].close, 'missingValue'],
    ])
    expect(() => validateCandles(candles, O)).not.toThrow()
  })

  it('widens high and low to hold open and close, and nothing else', () => {
    const { open, close } = CANDLES[50]
    const { candles, repairs } = repair(change(50, { high: Math.min(open, close), low: Math.max(open, close) }), {
      ohlcOrder: 'repair',
    })
    const mended = { ...CANDLES[50], high: Math.max(open, close), low: Math.min(open, close) }
    expect(candles[50]).toEqual(mended)
    expect(repairs).toEqual({ rows: [{ candle: mended, reason: 'ohlcOrder' }], dropped: [] })
  })

  it('keeps the last of rows with the same time, and marks it where they contradict each other', () => {
    const revised = { ...CANDLES[20], volume: 1 }
    const { candles, repairs } = repair([...CANDLES.slice(0, 21), CANDLES[20], revised, ...CANDLES.slice(21)], {
      conflictingTime: 'repair',
    })
    expect(candles[20]).toEqual(revised)
    expect(candles).toHaveLength(CANDLES.length)
    expect(repairs.rows).toEqual([{ candle: revised, reason: 'conflictingTime' }])
    expect(repairs.dropped).toHaveLength(2)
  })

  it('refuses rows that contradict each other by default, and mends copies', () => {
    const copied = repair([...CANDLES.slice(0, 21), ...CANDLES.slice(20)])
    expect([copied.candles, copied.rejected, copied.repairs.rows]).toEqual([CANDLES, [], []])
    const revised = { ...CANDLES[20], volume: 1 }
    const { rejected } = repair([...CANDLES.slice(0, 21), revised, ...CANDLES.slice(21)])
    expect(rejected.map(({ check, rows }) => [check, rows])).toEqual([['conflictingTime', 1]])
  })

  it('does not make up most of a series', () => {
    const every4th = CANDLES.filter((_, i) => i % 4 === 0)
    expect(repair(every4th).rejected.map(({ check }) => check)).toEqual(['wrongTimeframe'])
    expect(repair(every4th, { wrongTimeframe: 'warn' }).candles).toEqual(every4th)
    // 3, 4 and 5 hours in turns are no timeframe
    const uneven = CANDLES.filter((_, i) => [0, 3, 7].includes(i % 12))
    const { candles, rejected, actions } = repair(uneven)
    expect([candles, rejected, new Set(actions)]).toEqual([uneven, [], new Set(['noted'])])
  })

  it('sorts without marking, for no row has changed', () => {
    const { candles, repairs } = repair([...CANDLES].reverse())
    expect(candles).toEqual(CANDLES)
    expect(repairs).toEqual({ rows: [], dropped: [] })
  })

  it('drops the candle in progress', () => {
    const nowMs = at(500) + HOUR_MS
    const findings = assessCandles(CANDLES, { ...O, nowMs })
    const policy = DEFAULT_QUALITY_POLICY
    const { candles } = repairCandles(CANDLES, findings, { policy, timeframe: '1h', maxGapCandles: MAX_GAP })
    expect(candles).toEqual(CANDLES.slice(0, 501))
  })

  it('drops what another asset traded before', () => {
    const other = CANDLES.map((c, i) =>
      i < 400 ? c : { ...c, open: c.open * 1e4, high: c.high * 1e4, low: c.low * 1e4, close: c.close * 1e4 },
    )
    const broken = [...other.slice(0, 350), ...other.slice(400)]
    const { candles, repairs, actions } = repair(broken)
    expect(candles).toEqual(other.slice(400))
    expect(new Set(repairs.dropped.map(({ reason }) => reason))).toEqual(new Set(['assetChange']))
    expect(repairs.dropped).toHaveLength(350)
    expect(actions).toEqual(['repaired', 'repaired'])
  })

  it('subtracts one candle from times of the close', () => {
    const closes = CANDLES.map(c => ({ ...c, openTimeMs: c.openTimeMs + HOUR_MS }))
    const finding = {
      check: 'closeStamped',
      severity: 'error',
      range: { fromMs: closes[0].openTimeMs, toMs: at(899) + 2 * HOUR_MS },
      rows: closes.length,
      text: '',
      details: {},
    } as const
    const policy = { ...DEFAULT_QUALITY_POLICY, closeStamped: 'repair' } as const
    const { candles, repairs } = repairCandles(closes, [finding], { policy, timeframe: '1h', maxGapCandles: 0 })
    expect(candles).toEqual(CANDLES)
    expect(repairs.rows).toHaveLength(closes.length)
  })

  it('rejects by default what cannot be true, and says so of each finding', () => {
    const { rejected, actions } = repair(change(50, { low: -1 }))
    expect(rejected.map(({ check }) => check)).toEqual(['nonPositivePrice'])
    expect(actions).toEqual(['rejected'])
  })
})
