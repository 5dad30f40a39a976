import { expect, it } from 'vitest'
import { RollingCandles } from '../../../../sdk/candle/rolling-candles.ts'
import { sliceSeries, toCandles } from '../../../../sdk/candle/series.ts'
import { formulaSeries } from '../../../fixtures/formula-market.ts'

it('holds the newest candles of a series that goes on, and leaves that series alone', () => {
  const whole = formulaSeries(30)
  const begun = sliceSeries(whole, 0, 20)
  const rolling = new RollingCandles(begun, 7)
  toCandles(whole)
    .slice(20)
    .forEach((candle, i) => {
      expect(rolling.push(candle)).toEqual(sliceSeries(whole, 14 + i, 21 + i))
    })
  expect(begun).toEqual(sliceSeries(formulaSeries(30), 0, 20))
})
