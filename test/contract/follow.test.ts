import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import type { Engine } from '../../sdk/engine.ts'
import { CandleError, EngineError, ServiceError } from '../../sdk/errors.ts'
import { createPredictor, type Predictor } from '../../sdk/forecast/predictor.ts'
import { HOUR_MS } from '../../sdk/units.ts'
import { tinyCandles, tinyEngine, tinyPredictor } from '../fixtures/tiny-predictor.ts'

const symbol = 'BTC/USDT'
const candles = tinyCandles(260)

let predictor: Predictor
beforeAll(async () => {
  predictor = await tinyPredictor()
})

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('It succeeded.'),
    error => error,
  )

describe('following a symbol', () => {
  it('forecasts, to the last bit, what predict says of the same candles', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 174, max: 250 }), fc.integer({ min: 1, max: 10 }), async (start, pushes) => {
        const stream = await predictor.follow({ symbol, candles: candles.slice(0, start) })
        expect(stream.forecast).toEqual(await predictor.predict({ symbol, candles: candles.slice(0, start) }))
        for (let i = start; i < start + pushes; i++) {
          const forecast = await stream.push(candles[i])
          expect(forecast).toEqual(await predictor.predict({ symbol, candles: candles.slice(0, i + 1) }))
          expect(stream.forecast).toBe(forecast)
        }
        stream.close()
      }),
      { numRuns: 8, seed: 1 },
    )
  })

  it('keeps several streams apart', async () => {
    const [one, other] = [
      await predictor.follow({ symbol, candles: candles.slice(0, 200) }),
      await predictor.follow({ symbol: 'ETH/USDT', candles: candles.slice(0, 210) }),
    ]
    const forecasts = await Promise.all([one.push(candles[200]), other.push(candles[210]), one.push(candles[201])])
    expect(forecasts[1]).toEqual(await predictor.predict({ symbol: 'ETH/USDT', candles: candles.slice(0, 211) }))
    expect(forecasts[2]).toEqual(await predictor.predict({ symbol, candles: candles.slice(0, 202) }))
  })

  it.each<[string, (next: Candle, newest: Candle) => Candle, string]>([
    ['a gap', next => ({ ...next, openTimeMs: next.openTimeMs + HOUR_MS }), 'GAP'],
    ['an older candle', (_, newest) => ({ ...newest, openTimeMs: newest.openTimeMs - HOUR_MS }), 'UNORDERED_TIME'],
    ['another version of the newest candle', (_, newest) => ({ ...newest, close: newest.open }), 'CANDLE_CORRECTED'],
    ['a value that is no number', next => ({ ...next, close: Number.NaN }), 'NON_FINITE'],
    ['prices out of order', next => ({ ...next, high: next.low / 2 }), 'OHLC_ORDER'],
    ['a candle still in progress', next => ({ ...next, openTimeMs: next.openTimeMs }), 'IN_PROGRESS'],
    ['nothing', () => null as unknown as Candle, 'NOT_A_CANDLE'],
  ])('refuses %s with a typed error, and goes on as if it had not been pushed', async (_, wrong, code) => {
    const stream = await predictor.follow({ symbol, candles: candles.slice(0, 200) })
    const nowMs = code === 'IN_PROGRESS' ? candles[200].openTimeMs + HOUR_MS - 1 : Date.now()
    const error = await failure(stream.push(wrong(candles[200], candles[199]), { nowMs }))
    expect(error).toBeInstanceOf(CandleError)
    expect(error).toMatchObject({ code })
    expect(await stream.push(candles[200])).toEqual(await predictor.predict({ symbol, candles: candles.slice(0, 201) }))
  })

  it('goes on no more once a forecast has failed, and says to follow anew', async () => {
    const { bundle, engine } = await tinyEngine()
    const failing: Engine = {
      ...engine,
      network: engine.network,
      info: engine.info,
      follow: async series => {
        const follower = await engine.follow(series)
        return {
          quantiles: follower.quantiles,
          push: async () => {
            throw new EngineError('COMPUTE_FAILED', 'The device was lost.')
          },
          dispose() {},
        }
      },
    }
    const stream = await createPredictor({ bundle, engine: failing }).follow({ symbol, candles: candles.slice(0, 200) })
    const [first, second] = await Promise.all([failure(stream.push(candles[200])), failure(stream.push(candles[201]))])
    expect(first).toMatchObject({ code: 'COMPUTE_FAILED' })
    expect(second).toBeInstanceOf(ServiceError)
    expect(second).toMatchObject({ code: 'STREAM_BROKEN', message: expect.stringContaining('The device was lost.') })
  })
})
