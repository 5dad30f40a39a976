import { describe, expect, it } from 'vitest'
import { sliceSeries } from '../../../../sdk/candle/series.ts'
import { FeatureError } from '../../../../sdk/errors.ts'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { KnownRows } from '../../../../sdk/window/known-rows.ts'
import { fitScalers, scale } from '../../../../sdk/window/scaler.ts'
import { stepInputs } from '../../../../sdk/window/step-inputs.ts'
import { createWindower, joinBatches } from '../../../../sdk/window/windower.ts'
import { featureSpecs } from '../../../fixtures/feature/feature-specs.ts'
import { formulaSeries } from '../../../fixtures/formula-market.ts'

const NAMES = ['return(1)', 'body', 'hourSin(1)', 'weekCos(1)', 'weekend']
const HORIZONS = [1, 4, 9]
const LOOKBACK = 5

const series = formulaSeries(300)
const table = computeFeatures(series, NAMES)
const scalers = fitScalers([{ table, from: 168, to: 280 }])
const features = featureSpecs(NAMES).map((spec, f) => ({ ...spec, scaler: scalers[f] }))
const knownScalers = scalers.slice(2)
const options = { table, features, horizons: HORIZONS, lookback: LOOKBACK, symbolIndex: 2 }
const windower = createWindower(options)

describe('createWindower', () => {
  it('has its first window one lookback after the warm-up, and its last at the newest candle', () => {
    expect(windower.firstIndex).toBe(168 + LOOKBACK - 1)
    expect(windower.lastIndex).toBe(299)
  })

  it('puts the scaled observed values of the lookback into the window, newest last', () => {
    const { observed, size, symbols } = windower.batch([200, 299])
    expect(size).toBe(2)
    expect([...symbols]).toEqual([2, 2])
    expect(observed).toHaveLength(2 * LOOKBACK * 2)
    ;[200, 299].forEach((index, b) => {
      for (let step = 0; step < LOOKBACK; step++) {
        for (let f = 0; f < 2; f++) {
          const value = table.observed[f][index - LOOKBACK + 1 + step]
          expect(observed[(b * LOOKBACK + step) * 2 + f]).toBe(Math.fround(scale(value, scalers[f])))
        }
      }
    })
  })

  it('puts known values at the lookback and at each horizon, beyond the end of the series too', () => {
    const steps = LOOKBACK + HORIZONS.length
    const { known } = windower.batch([299])
    expect(known).toHaveLength(steps * 3)
    const offsets = [-4, -3, -2, -1, 0, ...HORIZONS]
    offsets.forEach((offset, step) => {
      const timeMs = series.openTimeMs[299] + offset * HOUR_MS
      table.knownFeatures.forEach((feature, f) => {
        expect(known[step * 3 + f]).toBe(Math.fround(scale(feature.at!(timeMs), scalers[2 + f])))
      })
    })
  })

  it('gives neighbouring windows as one series, which holds each of them', () => {
    const { symbol, observed, known, horizons } = windower.series(210, 214)
    expect({ symbol, horizons }).toEqual({ symbol: 2, horizons: HORIZONS })
    expect(observed).toHaveLength((5 + LOOKBACK - 1) * 2)
    expect(known).toHaveLength((5 + LOOKBACK - 1 + 9) * 3)
    for (let w = 0; w < 5; w++) {
      const window = windower.batch([210 + w])
      expect(observed.subarray(w * 2, (w + LOOKBACK) * 2)).toEqual(window.observed)
      const steps = [...Array(LOOKBACK).keys(), ...HORIZONS.map(h => LOOKBACK - 1 + h)]
      const rows = steps.flatMap(step => [...known.subarray((w + step) * 3, (w + step + 1) * 3)])
      expect(rows).toEqual([...window.known])
    }
  })

  it('gives the same bits for a new candle by itself', () => {
    const { observed, known } = windower.series(290, 291)
    const values = Float64Array.from(table.observed, column => column[291])
    const knownRows = new KnownRows(table.knownFeatures, knownScalers)
    expect(stepInputs(values, features, knownRows, series.openTimeMs[291] + 9 * HOUR_MS)).toEqual({
      observed: observed.slice(-2),
      known: known.slice(-3),
    })
  })

  it('gives the same bits with known features that are kept from one series to the next', () => {
    const knownRows = new KnownRows(table.knownFeatures, knownScalers)
    for (const end of [250, 251, 300]) {
      const short = { ...options, table: computeFeatures(sliceSeries(series, 0, end), NAMES) }
      expect(createWindower({ ...short, knownRows }).batch([end - 1])).toEqual(createWindower(short).batch([end - 1]))
    }
  })

  it('gives the opening times of the steps', () => {
    const hours = windower.stepTimesMs(299).map(timeMs => (timeMs - series.openTimeMs[299]) / HOUR_MS)
    expect(hours).toEqual([-4, -3, -2, -1, 0, 1, 4, 9])
  })

  it('gives the same bits from the candles that features remember as from a longer history', () => {
    const long = formulaSeries(1100)
    const { memoryCandles } = compileFeatures({ features: NAMES }, { symbols: ['FML/USDT'], timeframe: '1h' })
    const short = sliceSeries(long, 1099 - memoryCandles - (LOOKBACK - 1), 1100)
    const [whole, tail] = [long, short].map(s => createWindower({ ...options, table: computeFeatures(s, NAMES) }))
    expect(tail.batch([short.length - 1])).toEqual(whole.batch([1099]))
  })

  it('has no window over a candle at which a feature has no value, and names it', () => {
    const observed = table.observed.map(column => column.slice())
    observed[1][250] = Number.NaN
    const broken = createWindower({ ...options, table: { ...table, observed } })
    expect([249, 250, 254, 255].map(index => broken.isComplete(index))).toEqual([true, false, false, true])
    expect(() => broken.batch([254])).toThrow('FML/USDT 2021-01-11T10:00:00Z: feature "body" has no value there')
    expect(() => broken.series(240, 260)).toThrow(FeatureError)
  })

  it('has no window in a series too short for one', () => {
    const short = createWindower({ ...options, table: computeFeatures(sliceSeries(series, 0, 172), NAMES) })
    expect(short.firstIndex).toBeGreaterThan(short.lastIndex)
  })

  it.each([171, 300, 200.5, -1])('refuses a window at %s and says where there are some', index => {
    const run = () => windower.batch([200, index])
    expect(run).toThrow(FeatureError)
    expect(run).toThrow(`no window at candle ${index}`)
    expect(run).toThrow('172 … 299')
    expect(() => windower.stepTimesMs(index)).toThrow(FeatureError)
    expect(() => windower.series(200, index)).toThrow(FeatureError)
  })

  it('refuses features in another order than the table has them', () => {
    const run = () => createWindower({ ...options, features: [features[1], features[0], ...features.slice(2)] })
    expect(run).toThrow(FeatureError)
    expect(run).toThrow('the model expects body (observed), return(1) (observed), hourSin(1) (known)')
  })
})

describe('joinBatches', () => {
  it('gives the windows of all batches, in order', () => {
    const other = createWindower({ ...options, symbolIndex: 7 })
    const joined = joinBatches([windower.batch([200]), other.batch([201, 202])])
    const expected = windower.batch([200, 201, 202])
    expect(joined.size).toBe(3)
    expect(joined.observed).toEqual(expected.observed)
    expect(joined.known).toEqual(expected.known)
    expect([...joined.symbols]).toEqual([2, 7, 7])
  })

  it('refuses to join nothing', () => {
    expect(() => joinBatches([])).toThrow(FeatureError)
  })
})
