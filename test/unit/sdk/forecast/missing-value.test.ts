import { describe, expect, it } from 'vitest'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { missingValue } from '../../../../sdk/forecast/missing-value.ts'
import { tinyCandles } from '../../../fixtures/tiny-predictor.ts'

const symbol = 'SOL/USDT'
const [candle] = tinyCandles(1)
const program = compileFeatures(
  { features: ['funding(1)', 'leadReturn(BTC/USDT,1)', 'body'] },
  { symbols: [symbol], timeframe: '1h' },
)
const [FUNDING, LEAD, BODY] = [0, 1, 2]
const withFunding = (fundingRate: number) => ({ ...candle, inputs: { fundingRate } })

describe('why a pushed candle has no value of a feature', () => {
  it('is a column that is NaN', () => {
    const { message, details } = missingValue({
      program,
      feature: FUNDING,
      candle: withFunding(Number.NaN),
      others: {},
    })
    expect(details).toMatchObject({ symbol, feature: 'funding(1)', lacking: ['"fundingRate" of SOL/USDT'] })
    expect(message).toMatch(/"fundingRate" of SOL\/USDT is not there/)
    expect(message).not.toMatch(/BTC/)
  })

  it('is a candle of another symbol that it looks at', () => {
    const { details } = missingValue({ program, feature: LEAD, candle: withFunding(Number.NaN), others: {} })
    expect(details).toMatchObject({ lacking: ['the candle of BTC/USDT'] })
  })

  it('lies in the candles before where nothing is missing now, and the message names what to look at', () => {
    const given = { program, candle: withFunding(1e-4), others: { 'BTC/USDT': candle } }
    expect(missingValue({ ...given, feature: FUNDING }).message).toMatch(
      /candles before.*\("fundingRate" of SOL\/USDT\)/,
    )
    expect(missingValue({ ...given, feature: LEAD }).message).toMatch(/candles before.*\(candles of BTC\/USDT\)/)
    expect(missingValue({ ...given, feature: BODY }).message).toMatch(
      /candles before, something it is made of is not there\. /,
    )
  })
})
