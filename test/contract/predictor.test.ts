import { beforeAll, describe, expect, it } from 'vitest'
import { validateCandles } from '../../sdk/candle/validate-candles.ts'
import { AbortedError, CandleError, ConfigError, FeatureError, ForecastError, ServiceError } from '../../sdk/errors.ts'
import type { Predictor } from '../../sdk/forecast/predictor.ts'
import { HOUR_MS } from '../../sdk/units.ts'
import { tinyManifest } from '../fixtures/tiny-bundle.ts'
import { tinyCandles, tinyPredictor, tinySeries } from '../fixtures/tiny-predictor.ts'

const LENGTH = 240
const candles = tinyCandles(LENGTH)
const series = tinySeries(LENGTH)
const symbol = 'BTC/USDT'
let predictor: Predictor

beforeAll(async () => {
  predictor = await tinyPredictor()
})

describe('candlesNeeded', () => {
  it('is the longest warm-up, 168 candles, plus the lookback of 6', () => {
    expect(predictor.candlesNeeded).toBe(174)
  })

  it('candles suffice and one less does not', async () => {
    await expect(predictor.predict({ symbol, candles: candles.slice(0, 174) })).resolves.toBeDefined()
    const call = predictor.predict({ symbol, candles: candles.slice(0, 173) })
    await expect(call).rejects.toThrow(FeatureError)
    await expect(call).rejects.toThrow('BTC/USDT: 173 candles given, 174 needed')
  })
})

describe('predict', () => {
  it('forecasts every horizon from the close of the newest candle, in returns and in prices', async () => {
    const forecast = await predictor.predict({ symbol, candles })
    const newest = candles[LENGTH - 1]
    expect(forecast).toMatchObject({
      symbol,
      timeframe: '1h',
      asOfMs: newest.openTimeMs + HOUR_MS,
      close: newest.close,
      quantileLevels: [0.1, 0.5, 0.9],
      explanation: null,
      model: 'tiny@1.0.0',
    })
    expect(forecast.horizons.map(h => [h.horizonCandles, h.endTimeMs])).toEqual([
      [1, newest.openTimeMs + 2 * HOUR_MS],
      [6, newest.openTimeMs + 7 * HOUR_MS],
    ])
    for (const {
      logReturnQuantiles: q,
      priceQuantiles,
      expectedLogReturn,
      widthRatio,
      horizonCandles,
    } of forecast.horizons) {
      expect(q).toEqual([...q].sort((a, b) => a - b))
      expect(priceQuantiles).toEqual(q.map(r => newest.close * Math.exp(r)))
      expect(expectedLogReturn).toBeGreaterThan(q[0])
      expect(expectedLogReturn).toBeLessThan(q[2])
      // the tiny bundle's usual width is 2.5 ex-ante deviations of the horizon
      expect(widthRatio).toBeCloseTo((q[2] - q[0]) / (forecast.volatility * Math.sqrt(horizonCandles)) / 2.5, 5)
    }
  })

  it('is the last row of the forecasts for the whole series, and forecastAt reads it', async () => {
    const forecasts = await predictor.predictSeries({ series })
    expect(predictor.forecastAt(forecasts, LENGTH - 1)).toEqual(await predictor.predict({ symbol, candles }))
  })

  it('is the same to the last bit with as many candles as it remembers and with more', async () => {
    const { candlesRemembered } = predictor
    const long = tinyCandles(candlesRemembered + 50)
    const whole = await predictor.predict({ symbol, candles: long })
    expect(await predictor.predict({ symbol, candles: long.slice(-candlesRemembered) })).toEqual(whole)
    expect(await predictor.predict({ symbol, candles: long.slice(-candlesRemembered / 2) })).not.toEqual(whole)
  })

  it('explains when asked: attention over the steps, and both importances, each summing to 1', async () => {
    const { explanation } = await predictor.predict({ symbol, candles, explain: true })
    if (explanation === null) throw new Error('expected an explanation')
    const last = candles[LENGTH - 1].openTimeMs
    expect(explanation.stepTimesMs).toEqual([-5, -4, -3, -2, -1, 0, 1, 6].map(step => last + step * HOUR_MS))
    expect(explanation.attention).toHaveLength(2)
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
    for (const row of explanation.attention) {
      expect(row).toHaveLength(8)
      expect(sum(row)).toBeCloseTo(1, 5)
    }
    const past = explanation.pastImportance
    const { features } = tinyManifest()
    expect(past.map(p => p.feature).sort()).toEqual(features.map(f => f.name).sort())
    expect(explanation.futureImportance.map(p => p.feature).sort()).toEqual(['hourCos(1)', 'hourSin(1)'])
    for (const importance of [past, explanation.futureImportance]) {
      const weights = importance.map(p => p.weight)
      expect(sum(weights)).toBeCloseTo(1, 5)
      expect(weights).toEqual([...weights].sort((a, b) => b - a))
    }
  })

  it('explains without changing the forecast', async () => {
    const explained = await predictor.predict({ symbol, candles, explain: true })
    expect({ ...explained, explanation: null }).toEqual(await predictor.predict({ symbol, candles }))
  })

  it('refuses an unknown symbol, naming those it knows', async () => {
    const call = predictor.predict({ symbol: 'PEPE/USDT', candles })
    await expect(call).rejects.toThrow(ServiceError)
    await expect(call).rejects.toMatchObject({ code: 'UNKNOWN_SYMBOL' })
    await expect(call).rejects.toThrow(/'PEPE\/USDT'.*BTC\/USDT, ETH\/USDT/)
  })

  it('refuses bad candles and one in progress, and stays usable', async () => {
    const broken = candles.with(200, { ...candles[200], close: Number.NaN })
    await expect(predictor.predict({ symbol, candles: broken })).rejects.toThrow(CandleError)
    const nowMs = candles[LENGTH - 1].openTimeMs + HOUR_MS - 1
    await expect(predictor.predict({ symbol, candles, nowMs })).rejects.toMatchObject({ code: 'IN_PROGRESS' })
    await expect(predictor.predict({ symbol, candles, nowMs: nowMs + 1 })).resolves.toBeDefined()
  })
})

describe('predictSeries', () => {
  it('has a row for every candle with enough before it, whatever the size of the batches', async () => {
    const whole = await predictor.predictSeries({ series })
    expect(whole.firstIndex).toBe(173)
    expect(whole.logReturnQuantiles).toHaveLength((LENGTH - 173) * 2 * 3)
    for (const batchSize of [1, 7, 66, 67]) {
      expect(await predictor.predictSeries({ series, batchSize })).toEqual(whole)
    }
  })

  it('reports progress after each batch', async () => {
    const progress: number[][] = []
    await predictor.predictSeries({ series, batchSize: 30, onProgress: (...p) => progress.push(p) })
    expect(progress).toEqual([
      [30, 67],
      [60, 67],
      [67, 67],
    ])
  })

  it('stops at the next batch when the signal fires, and before the first when it has fired', async () => {
    const controller = new AbortController()
    let batches = 0
    const call = predictor.predictSeries({
      series,
      batchSize: 10,
      signal: controller.signal,
      onProgress: () => {
        batches++
        setTimeout(() => controller.abort())
      },
    })
    await expect(call).rejects.toThrow(AbortedError)
    expect(batches).toBeLessThan(7)
    await expect(predictor.predictSeries({ series, signal: AbortSignal.abort() })).rejects.toThrow(
      /BTC\/USDT was aborted/,
    )
  })

  it('refuses another timeframe and senseless batches', async () => {
    const fourHours = candles.map((c, i) => ({ ...c, openTimeMs: i * 4 * HOUR_MS }))
    const other = validateCandles(fourHours, { symbol, timeframe: '4h' })
    await expect(predictor.predictSeries({ series: other })).rejects.toThrow(
      /candles are 4h, but tiny@1.0.0 forecasts 1h/,
    )
    await expect(predictor.predictSeries({ series, batchSize: 0 })).rejects.toThrow(ConfigError)
  })

  it('has no forecast before its first row or after its last, and says where they are', async () => {
    const forecasts = await predictor.predictSeries({ series })
    for (const index of [172, LENGTH, 180.5]) {
      expect(() => predictor.forecastAt(forecasts, index)).toThrow(ForecastError)
      expect(() => predictor.forecastAt(forecasts, index)).toThrow(
        `No forecast at candle ${index} of BTC/USDT: there are forecasts from 173 to 239`,
      )
    }
  })
})

it('calibration offsets move the forecast by so many units of volatility', async () => {
  const offsets = [
    [-1, 0, 1],
    [-0.5, 0, 2],
  ]
  const calibrated = await tinyPredictor(bundle => ({
    ...bundle,
    manifest: { ...bundle.manifest, calibration: { ...bundle.manifest.calibration, offsets } },
  }))
  const before = await predictor.predict({ symbol, candles })
  const after = await calibrated.predict({ symbol, candles })
  before.horizons.forEach((horizon, h) => {
    const unit = before.volatility * Math.sqrt(horizon.horizonCandles)
    horizon.logReturnQuantiles.forEach((q, i) => {
      expect((after.horizons[h].logReturnQuantiles[i] - q) / unit).toBeCloseTo(offsets[h][i], 4)
    })
  })
})
