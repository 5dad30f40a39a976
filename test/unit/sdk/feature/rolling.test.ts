import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Series } from '../../../../sdk/feature/graph/graph.ts'
import { exponentialMean, MEMORY_HALF_LIVES, rollingMean } from '../../../../sdk/feature/op/decaying-mean.ts'
import { lag } from '../../../../sdk/feature/op/lag.ts'
import { rollingDeviation } from '../../../../sdk/feature/op/rolling-deviation.ts'
import { rollingMax, rollingMin } from '../../../../sdk/feature/op/rolling-extreme.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { runSeries } from '../../../fixtures/feature/run-series.ts'

/** Values of which some are missing, at hours of which some are missing. */
const cases = fc
  .record({
    rows: fc.array(
      fc.record({
        value: fc.oneof(
          { weight: 5, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
          { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 0, -0) },
        ),
        skipped: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 60 })),
      }),
      { minLength: 1, maxLength: 120 },
    ),
    window: fc.integer({ min: 1, max: 20 }),
    needed: fc.integer({ min: 1, max: 20 }),
    first: fc.integer({ min: 1, max: 500_000 }),
    chunk: fc.integer({ min: 1, max: 130 }),
  })
  .map(({ rows, first, window, needed, chunk }) => {
    let hour = first
    const openTimeMs = Float64Array.from(rows, ({ skipped }) => {
      hour += 1 + skipped
      return hour * HOUR_MS
    })
    const minValues = Math.min(needed, window)
    return { values: rows.map(({ value }) => value), openTimeMs, window, minValues, chunk }
  })

const present = (values: readonly number[], window: number, t: number): number[] =>
  values.slice(Math.max(0, t - window + 1), t + 1).filter(value => !Number.isNaN(value))

type Rolling = (x: Series, window: number, o: { readonly minValues: number }) => Series

const expectPerWindow = (op: Rolling, expected: (window: number[]) => number, digits: number) =>
  fc.assert(
    fc.property(cases, ({ values, window, minValues, ...o }) => {
      const found = runSeries(x => op(x, window, { minValues }), values, o)
      values.forEach((_, t) => {
        const of = present(values, window, t)
        if (of.length < minValues) expect(found[t]).toBeNaN()
        else expect(found[t]).toBeCloseTo(expected(of), digits)
      })
    }),
  )

describe('series over the last rows, some values and some hours missing, in chunks of any size', () => {
  it('have the largest and the smallest value', () => {
    expectPerWindow(rollingMax, values => Math.max(...values), 15)
    expectPerWindow(rollingMin, values => Math.min(...values), 15)
  })

  it('have the mean', () => {
    expectPerWindow(rollingMean, values => values.reduce((a, b) => a + b, 0) / values.length, 9)
  })

  it('have the mean with weights that halve every half-life, as far as that looks back', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 3 }), ({ values, minValues, ...o }, halfLife) => {
        const found = runSeries(x => exponentialMean(x, halfLife, { minValues }), values, o)
        values.forEach((_, t) => {
          let [sum, total, count] = [0, 0, 0]
          for (let age = 0; age <= t && age < MEMORY_HALF_LIVES * halfLife; age++) {
            if (Number.isNaN(values[t - age])) continue
            const weight = 0.5 ** (age / halfLife)
            sum += weight * values[t - age]
            total += weight
            count++
          }
          if (count < minValues) expect(found[t]).toBeNaN()
          else expect(found[t]).toBeCloseTo(sum / total, 9)
        })
      }),
    )
  })

  it('have the sample deviation of a window, or of those of its values that are there', () => {
    fc.assert(
      fc.property(cases, fc.boolean(), ({ values, window, minValues, ...o }, ofSome) => {
        if (window === 1) return
        const needed = ofSome ? Math.max(2, minValues) : window
        const found = runSeries(x => rollingDeviation(x, window, { minValues: needed }), values, o)
        values.forEach((_, t) => {
          const of = present(values, window, t)
          if (of.length < needed) expect(found[t]).toBeNaN()
          else {
            const mean = of.reduce((a, b) => a + b, 0) / of.length
            const squares = of.reduce((a, b) => a + (b - mean) ** 2, 0)
            expect(found[t]).toBeCloseTo(Math.sqrt(squares / (of.length - 1)), 9)
          }
        })
      }),
    )
  })

  it('have the value some rows before', () => {
    fc.assert(
      fc.property(cases, ({ values, window, ...o }) => {
        const found = runSeries(x => lag(x, window), values, o)
        values.forEach((_, t) => {
          expect(found[t]).toBe(t < window ? Number.NaN : values[t - window])
        })
      }),
    )
  })

  it.each([
    ['rollingMean', (x: Series, window: number) => rollingMean(x, window, { minValues: 1 })],
    ['rollingMax', (x: Series, window: number) => rollingMax(x, window, { minValues: 1 })],
    ['rollingMin', (x: Series, window: number) => rollingMin(x, window, { minValues: 1 })],
    ['rollingDeviation', (x: Series, window: number) => rollingDeviation(x, window)],
    ['rollingDeviation of some', (x: Series, window: number) => rollingDeviation(x, window, { minValues: 2 })],
    ['exponentialMean', (x: Series) => exponentialMean(x, 1, { minValues: 1 })],
  ] as const)('%s depends on the rows of its window alone, to the last bit, in chunks of any size', (_name, op) => {
    fc.assert(
      fc.property(cases, fc.nat(60), ({ values, window, openTimeMs, chunk }, start) => {
        const whole = runSeries(x => op(x, window), values, { openTimeMs })
        const late = runSeries(x => op(x, window), values.slice(start), { openTimeMs: openTimeMs.slice(start), chunk })
        const memory = op.length === 1 ? MEMORY_HALF_LIVES - 1 : window - 1
        for (let t = start + memory; t < values.length; t++) expect(late[t - start]).toBe(whole[t])
      }),
    )
  })
})

describe('means over a long series', () => {
  it('gather no rounding error over 65,000 rows, not even after a value a billion times larger', () => {
    const values = Float64Array.from({ length: 65_000 }, (_, i) => 1e-6 * (1 + (i % 7)))
    values[1000] = 1e3
    const mean = runSeries(x => rollingMean(x, 168), values)
    // 168 is a multiple of 7: every later window holds each of the seven values 24 times
    const worst = mean.subarray(2000).reduce((max, value) => Math.max(max, Math.abs(value - 4e-6)), 0)
    expect(worst).toBeLessThan(1e-19)
  })
})
