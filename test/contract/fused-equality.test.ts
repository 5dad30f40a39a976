import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Bundle } from '../../sdk/bundle/bundle.ts'
import { openBundle } from '../../sdk/bundle/open-bundle.ts'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { validateCandles } from '../../sdk/candle/validate-candles.ts'
import type { Engine } from '../../sdk/engine.ts'
import { createPredictor, type Predictor } from '../../sdk/forecast/predictor.ts'
import { readBundleFolder } from '../../trainer/registry/read-bundle-folder.ts'
import { createEngine } from '../../worker/engine.ts'

// What is served one by one, backtested and followed is one forecast, on the engine and the bundle that apps get.

const FOLDER = resolve(import.meta.dirname, '../../models/bundles/crypto-hourly/1.0.0')
const symbol = 'ETH/USDT'
const candles = simulateMarket({ symbols: [symbol], candles: 420, timeframe: '1h', seed: 5 }).get(symbol)!
const START = 300

let bundle: Bundle
let engine: Engine
let predictor: Predictor

beforeAll(async () => {
  bundle = await openBundle(await readBundleFolder(FOLDER), FOLDER)
  engine = await createEngine({ bundle, engine: 'wasm' })
  predictor = createPredictor({ bundle, engine })
})
afterAll(() => engine.dispose())

it('a forecast of the shipped bundle is the same to the last bit in a backtest, in a stream and by itself', async () => {
  const forecasts = await predictor.predictSeries({ series: validateCandles(candles, { symbol, timeframe: '1h' }) })
  const stream = await predictor.follow({ symbol, candles: candles.slice(0, START) })
  for (let newest = START; newest < candles.length; newest++) {
    const followed = await stream.push(candles[newest])
    expect(followed).toEqual(await predictor.predict({ symbol, candles: candles.slice(0, newest + 1) }))
    expect(followed).toEqual(predictor.forecastAt(forecasts, newest))
  }
  stream.close()
})

it('the wasm engine forecasts what the reference engine does, within a hundred-thousandth of a volatility unit', async () => {
  const reference = await createEngine({ bundle, engine: 'tfjs', backend: 'cpu' })
  const expected = await createPredictor({ bundle, engine: reference }).predict({ symbol, candles })
  const { horizons, volatility } = await predictor.predict({ symbol, candles })
  await reference.dispose()
  horizons.forEach(({ horizonCandles, logReturnQuantiles }, h) => {
    const unit = volatility * Math.sqrt(horizonCandles)
    logReturnQuantiles.forEach((quantile, q) => {
      expect(Math.abs(quantile - expected.horizons[h].logReturnQuantiles[q]) / unit).toBeLessThan(1e-5)
    })
  })
})
