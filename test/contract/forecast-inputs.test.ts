import { beforeAll, describe, expect, it } from 'vitest'
import { FeatureError } from '../../sdk/errors.ts'
import type { Predictor } from '../../sdk/forecast/predictor.ts'
import { featureSpecs } from '../fixtures/feature/feature-specs.ts'
import { tinyCandles, tinyPredictor } from '../fixtures/tiny-predictor.ts'

const LENGTH = 240
const symbol = 'BTC/USDT'
const candles = tinyCandles(LENGTH)
const funding = Float64Array.from({ length: LENGTH }, (_, t) => 1e-4 * Math.sin(t))
const until = (end: number) => ({
  symbol,
  candles: candles.slice(0, end),
  context: { inputs: { [symbol]: { fundingRate: funding.slice(0, end) } } },
})
const pushed = (t: number, fundingRate = funding[t]) => ({ ...candles[t], inputs: { fundingRate } })

let predictor: Predictor
beforeAll(async () => {
  predictor = await tinyPredictor(bundle => ({
    ...bundle,
    manifest: { ...bundle.manifest, features: featureSpecs(['funding(1)', 'return(1)', 'hourSin(1)', 'hourCos(1)']) },
  }))
})

describe('a model whose features are made of further columns', () => {
  it('names them, for each of its symbols', () => {
    expect(predictor.inputsNeeded).toEqual([
      { symbol: 'BTC/USDT', input: 'fundingRate' },
      { symbol: 'ETH/USDT', input: 'fundingRate' },
    ])
    expect(predictor.contextSymbols).toEqual([])
  })

  it('forecasts, to the last bit, the same by itself and candle by candle', async () => {
    const stream = await predictor.follow(until(LENGTH - 2))
    for (const end of [LENGTH - 1, LENGTH]) {
      expect(await stream.push(pushed(end - 1))).toEqual(await predictor.predict(until(end)))
    }
  })

  it.each([
    ['shorter than its candles', funding.slice(1), 'INPUT_LENGTH', { given: LENGTH - 1, needed: LENGTH }],
    ['longer than its candles', new Float64Array(LENGTH + 7), 'INPUT_LENGTH', { given: LENGTH + 7, needed: LENGTH }],
    ['that is a plain array', [...funding] as unknown as Float64Array, 'INPUT_TYPE', { found: 'Array' }],
    [
      'of single precision',
      Float32Array.from(funding) as unknown as Float64Array,
      'INPUT_TYPE',
      { found: 'Float32Array' },
    ],
    ['that is not there', undefined as unknown as Float64Array, 'INPUT_TYPE', { found: 'Undefined' }],
  ])('refuses a column %s, naming it', async (_, fundingRate, code, details) => {
    const call = predictor.predict({ symbol, candles, context: { inputs: { [symbol]: { fundingRate } } } })
    await expect(call).rejects.toThrow(FeatureError)
    await expect(call).rejects.toMatchObject({ code, details: { symbol, input: 'fundingRate', ...details } })
  })

  it('names the column whose value a pushed candle lacks, and no other symbol', async () => {
    const stream = await predictor.follow(until(LENGTH - 1))
    const error = await stream.push(pushed(LENGTH - 1, Number.NaN)).then(
      () => new Error('It succeeded.'),
      e => e,
    )
    expect(error).toMatchObject({
      code: 'MISSING_VALUE',
      details: { symbol, feature: 'funding(1)', lacking: ['"fundingRate" of BTC/USDT'] },
    })
    expect(error.message).not.toMatch(/other symbol|ETH/)
  })
})
