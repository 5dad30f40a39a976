import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import { compileFeatures } from '../../sdk/feature/compile-features.ts'
import type { Predictor } from '../../sdk/forecast/predictor.ts'
import { RecentFeatures } from '../../sdk/forecast/recent-features.ts'
import { tinyCandles, tinyPredictor, tinySeries } from '../fixtures/tiny-predictor.ts'

const symbol = 'BTC/USDT'
const candles = tinyCandles(1_100)

/** What one call gives: candles `from … to`, of which one may have been corrected since. */
interface Call {
  readonly from: number
  readonly to: number
  readonly corrected: number | null
}

const steps = fc.array(
  fc.record({
    on: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }) }, fc.integer({ min: -40, max: 60 })),
    slide: fc.boolean(),
    corrected: fc.option(fc.integer({ min: 1, max: 100 }), { freq: 6 }),
  }),
  { minLength: 3, maxLength: 8 },
)

/** An app's calls: the series grows or slides, at times goes back, jumps, or brings a corrected candle. */
const calls = fc.record({ length: fc.constantFrom(180, 300, 780, 830), steps }).map(({ length, steps }) => {
  let from = 50
  let to = from + length
  return steps.map(({ on, slide, corrected }): Call => {
    to = Math.max(from + 175, Math.min(candles.length, to + on))
    if (slide) from = Math.max(0, to - length)
    return { from, to, corrected: corrected === null ? null : to - corrected }
  })
})

const given = ({ from, to, corrected }: Call): Candle[] =>
  candles
    .map((candle, t) => (t === corrected ? { ...candle, close: (candle.high + candle.low) / 2 } : candle))
    .slice(from, to)

it('a predictor that has seen other candles before forecasts the same, to the last bit, as one that has not', async () => {
  const used: Predictor = await tinyPredictor()
  await fc.assert(
    fc.asyncProperty(calls, async series => {
      for (const call of series) {
        const fresh = await tinyPredictor()
        const asked = { symbol, candles: given(call) }
        expect(await used.predict(asked)).toEqual(await fresh.predict(asked))
      }
    }),
    { numRuns: 12 },
  )
})

it('notices a correction that the caller writes into the arrays it gave before', () => {
  const program = compileFeatures({ features: ['return(1)'] }, { symbols: [symbol], timeframe: '1h' })
  const used = new RecentFeatures(program, 6)
  const series = tinySeries(300)
  const before = used.newest(series, []).observed[0].slice()
  series.close[299] *= 1.02
  const corrected = used.newest(series, []).observed[0]
  expect(corrected).toEqual(new RecentFeatures(program, 6).newest(series, []).observed[0])
  expect(corrected[5]).not.toBe(before[5])
})
