import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FeatureError } from '../../../../sdk/errors.ts'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import type { FeatureTable } from '../../../../sdk/feature/feature-table.ts'
import { fitScalers, scale } from '../../../../sdk/window/scaler.ts'
import { arbitrarySeries } from '../../../fixtures/arbitrary-candles.ts'
import { formulaSeries } from '../../../fixtures/formula-market.ts'

const table = (candles: number, names = ['return(1)', 'body', 'hourSin(1)', 'weekend']): FeatureTable =>
  computeFeatures(formulaSeries(candles), names)

describe('fitScalers', () => {
  it('gives mean and population deviation over the rows, observed then known', () => {
    const t = table(600)
    const [return1, body, hourSin, weekend] = fitScalers([{ table: t, from: 200, to: 368 }])
    const column = Array.from(t.observed[0].subarray(200, 368))
    const mean = column.reduce((a, b) => a + b, 0) / 168
    expect(return1.mean).toBeCloseTo(mean, 12)
    expect(return1.standardDeviation).toBeCloseTo(Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / 168), 12)
    expect(body.mean).not.toBe(return1.mean)
    // 168 hours are one whole week: a sine over whole days, and two days in seven
    expect(hourSin.mean).toBeCloseTo(0, 12)
    expect(hourSin.standardDeviation).toBeCloseTo(Math.SQRT1_2, 12)
    expect(weekend.mean).toBeCloseTo(2 / 7, 12)
    expect(return1.clip).toBe(5)
  })

  it('sees the rows it is given and no others', () => {
    const rows = { from: 170, to: 300 }
    expect(fitScalers([{ table: table(400), ...rows }])).toEqual(fitScalers([{ table: table(600), ...rows }]))
  })

  it('pools the rows of several tables', () => {
    const t = table(600)
    const split = fitScalers([
      { table: t, from: 200, to: 260 },
      { table: t, from: 260, to: 400 },
    ])
    const whole = fitScalers([{ table: t, from: 200, to: 400 }])
    split.forEach((scaler, f) => {
      expect(scaler.mean).toBeCloseTo(whole[f].mean, 12)
      expect(scaler.standardDeviation).toBeCloseTo(whole[f].standardDeviation, 12)
    })
  })

  it('gives a feature that never moves a unit of 1', () => {
    // 1 to 2 January 2021 was a Friday and a Saturday morning
    const [weekend] = fitScalers([{ table: table(20, ['weekend']), from: 0, to: 20 }])
    expect(weekend).toEqual({ mean: 0, standardDeviation: 1, clip: 5 })
  })

  it('makes finite inputs of any candles, within the clip', () => {
    fc.assert(
      fc.property(arbitrarySeries({ minLength: 175, maxLength: 220 }), series => {
        const t = computeFeatures(series, ['return(1)', 'parkinson(6,0.05)', 'volumeSurprise(168)'])
        const scalers = fitScalers([{ table: t, from: t.warmupCandles, to: series.length }], 4)
        t.observed.forEach((column, f) => {
          for (const value of column.subarray(t.warmupCandles)) {
            if (!(Math.abs(scale(value, scalers[f])) <= 4)) throw new Error(`${value} scales out of range`)
          }
        })
      }),
      { numRuns: 30 },
    )
  })

  it.each([
    ['no rows', () => fitScalers([{ table: table(300), from: 200, to: 200 }]), 'NO_ROWS', 'at least one row'],
    ['no tables', () => fitScalers([]), 'NO_ROWS', 'at least one row'],
    [
      'rows before the warm-up',
      () => fitScalers([{ table: table(300), from: 100, to: 200 }]),
      'NON_FINITE_FEATURE',
      'FML/USDT 2021-01-05T04:00:00Z: feature "return(1)" is NaN',
    ],
    [
      'tables of other features',
      () =>
        fitScalers([
          { table: table(300), from: 200, to: 300 },
          { table: table(300, ['body']), from: 200, to: 300 },
        ]),
      'FEATURE_MISMATCH',
      'the table has the features body; the first table has return(1), body, hourSin(1), weekend',
    ],
  ])('refuses %s', (_what, run, code, quoted) => {
    expect(run).toThrow(FeatureError)
    expect(run).toThrow(expect.objectContaining({ code }))
    expect(run).toThrow(quoted)
  })
})
