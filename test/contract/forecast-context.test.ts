import { beforeAll, describe, expect, it } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { validateCandles } from '../../sdk/candle/validate-candles.ts'
import { CandleError, FeatureError } from '../../sdk/errors.ts'
import { type ForecastContext, toForecastInputs } from '../../sdk/forecast/forecast-context.ts'
import type { Predictor } from '../../sdk/forecast/predictor.ts'
import { HOUR_MS } from '../../sdk/units.ts'
import { featureSpecs } from '../fixtures/feature/feature-specs.ts'
import { tinyPredictor } from '../fixtures/tiny-predictor.ts'

const LENGTH = 260
const symbol = 'BTC/USDT'
const other = 'ETH/USDT'
const market = simulateMarket({ symbols: [symbol, other], candles: LENGTH, timeframe: '1h', seed: 4 })
const candles = market.get(symbol) as Candle[]
/** An exchange was away for two of its hours. */
const others = (market.get(other) as Candle[]).filter((_, t) => t !== 120 && t !== 230)
const context: ForecastContext = { candles: { [other]: others } }
const until = (end: number) => ({
  symbol,
  candles: candles.slice(0, end),
  context: { candles: { [other]: others.filter(c => c.openTimeMs <= candles[end - 1].openTimeMs) } },
})

/** Monday's hours are livelier and trade more. */
const profile = {
  timeZone: 'America/New_York' as const,
  volatility: Array.from({ length: 168 }, (_, hour) => (hour < 24 ? 1.6 : 0.9)),
  volume: Array.from({ length: 168 }, (_, hour) => (hour < 24 ? 0.5 : -0.08)),
}

let predictor: Predictor
beforeAll(async () => {
  predictor = await tinyPredictor(bundle => ({
    ...bundle,
    manifest: {
      ...bundle.manifest,
      market: [symbol, other],
      profile,
      features: featureSpecs(['leadReturn(ETH/USDT,1)', 'marketActivity(3)', 'seasonAhead(6)', 'hourSin(1)'], {
        market: [symbol, other],
        profile,
      }),
    },
  }))
})

describe('a model whose features look at other symbols', () => {
  it('names what each of its symbols needs beyond its own candles', () => {
    expect(predictor.contextSymbols).toEqual([symbol, other])
    expect(predictor.inputsNeeded).toEqual([])
  })

  it('forecasts the same, to the last bit, by itself, in a series and candle by candle', async () => {
    const series = validateCandles(candles, { symbol, timeframe: '1h' })
    const forecasts = await predictor.predictSeries(toForecastInputs(series, context))
    const stream = await predictor.follow(until(250))
    for (let end = 251; end <= LENGTH; end++) {
      const candle = candles[end - 1]
      const together = others.find(c => c.openTimeMs === candle.openTimeMs)
      const pushed = await stream.push(candle, { others: together ? { [other]: together } : {} })
      expect(pushed).toEqual(await predictor.predict(until(end)))
      expect(pushed).toEqual(predictor.forecastAt(forecasts, end - 1))
    }
    stream.close()
  })

  it('feels them', async () => {
    const changed = others.map((c, t) =>
      t < others.length - 1 ? c : { ...c, close: c.close * 1.02, high: c.high * 1.05 },
    )
    const usual = await predictor.predict(until(LENGTH))
    expect(await predictor.predict({ symbol, candles, context: { candles: { [other]: changed } } })).not.toEqual(usual)
  })

  it('refuses to forecast without them, naming them', async () => {
    const call = predictor.predict({ symbol, candles })
    await expect(call).rejects.toMatchObject({ code: 'NO_CANDLES', details: { symbol: other } })
    await expect(call).rejects.toThrow(FeatureError)
  })

  /** Of the feature warm-up. */
  const NEEDED = 171
  const hoursAgo = (hours: number): Candle[] =>
    others.filter(c => c.openTimeMs <= candles[LENGTH - 1].openTimeMs - hours * HOUR_MS)
  const later = { ...candles[LENGTH - 1], openTimeMs: candles[LENGTH - 1].openTimeMs + HOUR_MS }

  it.each([
    ['none up to its newest', [later], 'TOO_FEW_CANDLES', { symbol: other, given: 0, needed: NEEDED }],
    ['one', others.slice(-1), 'TOO_FEW_CANDLES', { symbol: other, given: 1, needed: NEEDED }],
    ['170', others.slice(1 - NEEDED), 'TOO_FEW_CANDLES', { symbol: other, given: NEEDED - 1, needed: NEEDED }],
    ['those up to 49 hours ago', hoursAgo(49), 'STALE_CONTEXT', { symbol: other, given: 49, needed: 48 }],
  ])(
    'refuses %s of their candles, naming the symbol, what was given and what is needed',
    async (_, given, code, details) => {
      expect(predictor.candlesNeeded).toBe(NEEDED + 6)
      const asked = { symbol, candles, context: { candles: { [other]: given } } }
      for (const begin of [predictor.predict, predictor.follow]) {
        const call = begin(asked)
        await expect(call).rejects.toThrow(FeatureError)
        await expect(call).rejects.toMatchObject({ code, details })
      }
    },
  )

  it('forecasts with a warm-up of their candles before the lookback, and with candles as old as it says', async () => {
    for (const given of [others.slice(-NEEDED - 6), hoursAgo(48)]) {
      const forecast = await predictor.predict({ symbol, candles, context: { candles: { [other]: given } } })
      expect(forecast.asOfMs).toBe(candles[LENGTH - 1].openTimeMs + HOUR_MS)
    }
  })

  it('does not see candles that they have beyond the newest of its own, by itself or candle by candle', async () => {
    const asked = until(250)
    const ahead = { ...asked, context }
    expect(await predictor.predict(ahead)).toEqual(await predictor.predict(asked))
    const stream = await predictor.follow(ahead)
    expect(stream.forecast).toEqual(await predictor.predict(asked))
    for (let end = 251; end <= 253; end++) {
      const together = others.find(c => c.openTimeMs === candles[end - 1].openTimeMs) as Candle
      expect(await stream.push(candles[end - 1], { others: { [other]: together } })).toEqual(
        await predictor.predict(until(end)),
      )
    }
  })

  it('follows without another symbol for 48 candles, and says then which one is late', async () => {
    const stream = await predictor.follow(until(200))
    for (let end = 201; end <= 248; end++) await stream.push(candles[end - 1])
    const push = stream.push(candles[248])
    await expect(push).rejects.toMatchObject({
      code: 'STALE_CONTEXT',
      details: { symbol: other, given: 49, needed: 48 },
    })
  })

  it('refuses another candle of another time or with a wrong price, and goes on as if it had not been pushed', async () => {
    const stream = await predictor.follow(until(250))
    const next = others.find(c => c.openTimeMs === candles[250].openTimeMs) as Candle
    const wrong: [Candle, string][] = [
      [{ ...next, openTimeMs: next.openTimeMs - HOUR_MS }, 'MISALIGNED_TIME'],
      [{ ...next, close: 0 }, 'BAD_VALUE'],
    ]
    for (const [candle, code] of wrong) {
      const push = stream.push(candles[250], { others: { [other]: candle } })
      await expect(push).rejects.toThrow(CandleError)
      await expect(push).rejects.toMatchObject({ code })
    }
    expect(await stream.push(candles[250], { others: { [other]: next } })).toEqual(await predictor.predict(until(251)))
  })
})
