import { describe, expect, it } from 'vitest'
import { sliceSeries, toCandles } from '../../../../sdk/candle/series.ts'
import { CandleError } from '../../../../sdk/errors.ts'
import { formulaCandles, formulaSeries } from '../../../fixtures/formula-market.ts'

describe('sliceSeries', () => {
  it('views the candles from … to, without copying them', () => {
    const series = formulaSeries(50)
    const slice = sliceSeries(series, 10, 20)
    expect(toCandles(slice)).toEqual(formulaCandles(50).slice(10, 20))
    expect(slice.close.buffer).toBe(series.close.buffer)
  })

  it.each([
    [-1, 5],
    [5, 5],
    [0, 51],
    [0.5, 3],
  ])('refuses the range %s to %s of 50 candles', (from, to) => {
    const slice = () => sliceSeries(formulaSeries(50), from, to)
    expect(slice).toThrow(CandleError)
    expect(slice).toThrow(`cannot slice candles ${from} to ${to} out of 50`)
  })
})
