import { describe, expect, it } from 'vitest'
import { alignInputs } from '../../../../sdk/feature/input/align-inputs.ts'
import { ALL_TIMES } from '../../../../sdk/feature/input/source-follower.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { constructedRows, featureColumn } from '../../../fixtures/feature/constructed-rows.ts'
import { hasMarketData, recordedOpenInterest } from '../../../fixtures/market-data.ts'

const flat = (length: number, value = 100): number[] => Array.from({ length }, () => value)

describe('funding', () => {
  it('is in basis points, and cut where it says no more than "extreme"', () => {
    const fundingRate = [0.0001, -0.00025, 0.01, -0.01]
    const rows = constructedRows({ closes: flat(4), inputs: { fundingRate } })
    expect(Array.from(featureColumn(rows, 'funding(1)'))).toEqual([1, -2.5, 20, -10])
    expect(featureColumn(rows, 'funding(2)')[1]).toBeCloseTo(-0.75, 12)
  })

  it('has a score of 0 where it has not changed, and else its distance from the mean in deviations', () => {
    const still = constructedRows({ closes: flat(50), inputs: { fundingRate: flat(50, 0.0001) } })
    expect(featureColumn(still, 'fundingScore(24)')[49]).toBeCloseTo(0, 6)
    const fundingRate = [...flat(3, 0.0001), 0.0005]
    const rows = constructedRows({ closes: flat(4), inputs: { fundingRate } })
    // mean 0.0002, sample deviation 0.0002
    expect(featureColumn(rows, 'fundingScore(4)')[3]).toBeCloseTo(0.0003 / (0.0002 + 1e-5), 9)
    expect(() => featureColumn(rows, 'fundingScore(1)')).toThrow(expect.objectContaining({ code: 'BAD_PARAMETER' }))
  })

  it('has a score over the hours that are known, if they are half of them', () => {
    const fundingRate = [0.0001, 0.0001, Number.NaN, 0.0001, 0.0005, Number.NaN, Number.NaN, Number.NaN, 0.0005]
    const column = featureColumn(constructedRows({ closes: flat(9), inputs: { fundingRate } }), 'fundingScore(5)')
    expect(column[4]).toBeCloseTo(0.0003 / (0.0002 + 1e-5), 9)
    expect(column[5]).toBe(Number.NaN)
    // two of five
    expect(column[8]).toBe(Number.NaN)
  })
})

describe('basis', () => {
  it('is held for a day where a market has no candle, then unknown', () => {
    const perpetualClose = [100.1, ...flat(26, Number.NaN)]
    const rows = constructedRows({ closes: flat(27), inputs: { perpetualClose, spotClose: flat(27) } })
    const basis = featureColumn(rows, 'basis(1)')
    expect(basis[0]).toBeCloseTo(Math.log(1.001) * 10_000, 9)
    expect(basis[24]).toBe(basis[0])
    expect(basis[25]).toBe(Number.NaN)
  })
})

describe('open interest', () => {
  it.each([
    ['newLongs', 101, 110],
    ['newShorts', 99, 110],
    ['shortsClosing', 101, 90],
    ['longsClosing', 99, 90],
  ])('with the price says who moved it: %s', (move, close, openInterest) => {
    const rows = constructedRows({ closes: [100, close], inputs: { openInterest: [100, openInterest] } })
    for (const name of ['newLongs', 'newShorts', 'shortsClosing', 'longsClosing']) {
      expect(featureColumn(rows, `positioning(${name},1)`)[1], name).toBe(name === move ? 1 : 0)
    }
  })

  it('unchanged, or an unchanged price, says nothing about anybody', () => {
    for (const [close, openInterest] of [
      [100, 110],
      [101, 100],
    ]) {
      const rows = constructedRows({ closes: [100, close], inputs: { openInterest: [100, openInterest] } })
      for (const name of ['newLongs', 'newShorts', 'shortsClosing', 'longsClosing']) {
        expect(featureColumn(rows, `positioning(${name},1)`)[1], name).toBe(0)
      }
    }
  })

  it('of nothing has no change, and nobody who moved it', () => {
    const rows = constructedRows({ closes: [100, 101], inputs: { openInterest: [0, 110] } })
    expect(featureColumn(rows, 'openInterestChange(1)')[1]).toBe(Number.NaN)
    expect(featureColumn(rows, 'positioning(newLongs,1)')[1]).toBe(Number.NaN)
  })

  it.skipIf(!hasMarketData('recorded open interest'))(
    'has on a recorded week the changes of the samples at the candles’ openings: the newest known as they close',
    () => {
      const samples = recordedOpenInterest()
      const rows = constructedRows({ closes: flat(samples.length), startMs: samples[0].timeMs })
      const events = {
        length: samples.length,
        columns: {
          timeMs: Float64Array.from(samples, s => s.timeMs),
          base: Float64Array.from(samples, s => s.base),
        },
        covered: ALL_TIMES,
      }
      const inputs = alignInputs({ inputs: ['openInterest'], candles: rows, events: { openInterest: events } })
      const column = featureColumn({ ...rows, inputs }, 'openInterestChange(24)')
      expect(samples[30].timeMs - samples[6].timeMs).toBe(24 * HOUR_MS)
      for (let t = 24; t < samples.length; t++) {
        expect(column[t]).toBeCloseTo(Math.log(samples[t].base / samples[t - 24].base), 12)
      }
    },
  )
})
