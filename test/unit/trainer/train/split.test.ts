import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../../sdk/units.ts'
import { belongsTo, splitPeriods } from '../../../../trainer/train/split.ts'

const data = { startTimeMs: Date.UTC(2020, 0, 1), endTimeMs: Date.UTC(2024, 0, 1) }

describe('splitting by time', () => {
  it('cuts at the dates of the config', () => {
    const split = splitPeriods({ trainEnd: '2022-01-01', calibrationEnd: '2023-01-01' }, data)
    expect(split.train).toEqual({ startTimeMs: data.startTimeMs, endTimeMs: Date.UTC(2022, 0, 1) })
    expect(split.calibration).toEqual({ startTimeMs: Date.UTC(2022, 0, 1), endTimeMs: Date.UTC(2023, 0, 1) })
    expect(split.test).toEqual({ startTimeMs: Date.UTC(2023, 0, 1), endTimeMs: data.endTimeMs })
  })

  it('gives the shares asked for, the test at the end', () => {
    const split = splitPeriods({ calibrationFraction: 0.1, testFraction: 0.2 }, data)
    const span = data.endTimeMs - data.startTimeMs
    expect((split.test.endTimeMs - split.test.startTimeMs) / span).toBeCloseTo(0.2, 12)
    expect((split.calibration.endTimeMs - split.calibration.startTimeMs) / span).toBeCloseTo(0.1, 12)
  })

  it('refuses dates that leave nothing to test on, and says what the data covers', () => {
    expect(() => splitPeriods({ trainEnd: '2023-01-01', calibrationEnd: '2024-01-01' }, data)).toThrowError(
      expect.objectContaining({
        name: 'ConfigError',
        code: 'EMPTY_SPLIT',
        message: expect.stringContaining('2020-01-01'),
      }),
    )
  })

  it('never lets two periods share an outcome, for any decision time and horizon', () => {
    const split = splitPeriods({ calibrationFraction: 0.2, testFraction: 0.3 }, data)
    const hours = (data.endTimeMs - data.startTimeMs) / HOUR_MS
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: hours }),
        fc.integer({ min: 0, max: hours }),
        fc.integer({ min: 1, max: 24 * 14 }),
        (a, b, horizonHours) => {
          const horizonMs = horizonHours * HOUR_MS
          const [first, second] = [data.startTimeMs + a * HOUR_MS, data.startTimeMs + b * HOUR_MS]
          for (const [earlier, later] of [
            [split.train, split.calibration],
            [split.calibration, split.test],
          ]) {
            if (belongsTo(earlier, first, horizonMs, false) && belongsTo(later, second, horizonMs, true)) {
              expect(second).toBeGreaterThanOrEqual(first + horizonMs)
              expect(second).toBeGreaterThanOrEqual(earlier.endTimeMs + horizonMs)
            }
          }
        },
      ),
    )
  })

  it('purges decisions whose outcome lies beyond the period', () => {
    const period = { startTimeMs: 0, endTimeMs: 10 * DAY_MS }
    expect(belongsTo(period, 9 * DAY_MS, DAY_MS, false)).toBe(true)
    expect(belongsTo(period, 9 * DAY_MS + 1, DAY_MS, false)).toBe(false)
  })
})
