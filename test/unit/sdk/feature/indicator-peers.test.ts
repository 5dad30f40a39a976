import * as theirs from 'technicalindicators'
import * as signals from 'trading-signals'
import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import { hasMarketData, recordedSeries } from '../../../fixtures/market-data.ts'

/** Candles after which what a recursion began with no longer counts. */
const SETTLED = 1_500

interface Adding<Input, Result> {
  add(value: Input): Result | null
}

/** A peer's values, of the newest candles; null where it has none. */
type Values = readonly (number | null)[]

const each = <Input, Result>(
  peer: Adding<Input, Result>,
  inputs: readonly Input[],
  read: (result: Result, input: Input) => number,
): Values =>
  inputs.map(input => {
    const result = peer.add(input)
    return result === null ? null : read(result, input)
  })

const identity = (value: number): number => value

describe.skipIf(!hasMarketData('indicators beside technicalindicators and trading-signals'))('on BTC/USDT', () => {
  const series = recordedSeries('BTCUSDT', 5_000)
  const [open, high, low, close, volume] = (['open', 'high', 'low', 'close', 'volume'] as const).map(c => [
    ...series[c],
  ])
  const candles: Candle[] = close.map((_, i) => ({
    openTimeMs: series.openTimeMs[i],
    ...{ open: open[i], high: high[i], low: low[i], close: close[i], volume: volume[i] },
  }))
  const times = (values: Float64Array, factor: number): number[] => [...values].map((v, i) => v * close[i] * factor)
  const macd = () => new signals.MACD(new signals.EMA(12), new signals.EMA(26), new signals.EMA(9))
  const stoch = () => new signals.StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 })
  const keltner = { emaInterval: 20, atrInterval: 10, multiplier: 2 }
  /** OBV's gain over 24 candles, relative to the volume. */
  const slope = (obv: Values): Values =>
    obv.map((v, i) => {
      const [now, then] = [v, obv[i - 24] ?? null]
      const at = close.length - obv.length + i
      const traded = volume.slice(at - 23, at + 1).reduce((a, b) => a + b, 0)
      return now === null || then === null ? null : (now - then) / traded
    })

  const bySignals: readonly [string, () => Values, 'close' | 'close/100' | undefined][] = [
    ['rsi(14)', () => each(new signals.RSI(14), close, identity), undefined],
    ['macdLine(12,26)', () => each(macd(), close, r => r.macd), 'close'],
    ['macdSignal(12,26,9)', () => each(macd(), close, r => r.signal), 'close'],
    ['macdHistogram(12,26,9)', () => each(macd(), close, r => r.histogram), 'close'],
    ['stochasticK(14,3)', () => each(stoch(), candles, r => r.stochK), undefined],
    ['stochasticD(14,3,3)', () => each(stoch(), candles, r => r.stochD), undefined],
    ['williamsR(14)', () => each(new signals.WilliamsR(14), candles, identity), undefined],
    ['cci(20)', () => each(new signals.CCI(20), candles, identity), undefined],
    ['roc(12)', () => each(new signals.ROC(12), close, r => 100 * r), undefined],
    ['natr(14)', () => each(new signals.ATR(14), candles, identity), 'close/100'],
    [
      'bollingerPercentB(20,2)',
      () => each(new signals.BollingerBands(20, 2), close, (r, c) => (c - r.lower) / (r.upper - r.lower)),
      undefined,
    ],
    [
      'bollingerBandwidth(20,2)',
      () => each(new signals.BollingerBands(20, 2), close, r => (r.upper - r.lower) / r.middle),
      undefined,
    ],
    ['mfi(14)', () => each(new signals.MFI(14), candles, identity), undefined],
    ['aroonUp(25)', () => each(new signals.Aroon(25), candles, r => r.aroonUp), undefined],
    ['aroonDown(25)', () => each(new signals.Aroon(25), candles, r => r.aroonDown), undefined],
    [
      'keltnerPosition(20,10,2)',
      () => each(new signals.KeltnerChannels(keltner), candles, (r, c) => (c.close - r.middle) / (r.upper - r.middle)),
      undefined,
    ],
    ['obvSlope(24)', () => slope(each(new signals.OBV(5), candles, identity)), undefined],
  ]

  const ohlc = { open, high, low, close }
  const ofMacd = () =>
    theirs.MACD.calculate({
      ...{ values: close, fastPeriod: 12, slowPeriod: 26, signalPeriod: 9 },
      ...{ SimpleMAOscillator: false, SimpleMASignal: false },
    })
  const ofStochastic = () => theirs.Stochastic.calculate({ ...ohlc, period: 14, signalPeriod: 3 })
  const ofAdx = () => theirs.ADX.calculate({ ...ohlc, period: 14 })
  const ofBands = () => theirs.BollingerBands.calculate({ values: close, period: 20, stdDev: 2 })

  // of its RSI and MFI two digits are given
  const byTechnicalIndicators: typeof bySignals = [
    ['macdLine(12,26)', () => ofMacd().map(r => r.MACD ?? null), 'close'],
    ['macdHistogram(12,26,9)', () => ofMacd().map(r => r.histogram ?? null), 'close'],
    ['stochasticK(14,1)', () => ofStochastic().map(r => r.k), undefined],
    ['stochasticD(14,1,3)', () => ofStochastic().map(r => r.d ?? null), undefined],
    ['williamsR(14)', () => theirs.WilliamsR.calculate({ ...ohlc, period: 14 }), undefined],
    ['cci(20)', () => theirs.CCI.calculate({ ...ohlc, period: 20 }), undefined],
    ['roc(12)', () => theirs.ROC.calculate({ values: close, period: 12 }), undefined],
    ['adx(14)', () => ofAdx().map(r => r.adx ?? null), undefined],
    ['plusDi(14)', () => ofAdx().map(r => r.pdi), undefined],
    ['minusDi(14)', () => ofAdx().map(r => r.mdi), undefined],
    ['natr(14)', () => theirs.ATR.calculate({ ...ohlc, period: 14 }), 'close/100'],
    ['bollingerPercentB(20,2)', () => ofBands().map(r => r.pb), undefined],
    ['bollingerBandwidth(20,2)', () => ofBands().map(r => (r.upper - r.lower) / r.middle), undefined],
    ['obvSlope(24)', () => slope(theirs.OBV.calculate({ close, volume })), undefined],
  ]

  const expectEqual = (feature: string, peer: Values, unit: (typeof bySignals)[0][2]): void => {
    const [column] = computeFeatures(series, [feature]).observed
    const values = unit === undefined ? [...column] : times(column, unit === 'close' ? 1 : 0.01)
    let compared = 0
    for (let t = SETTLED; t < values.length; t++) {
      const found = peer[t - values.length + peer.length]
      if (found === null || found === undefined) continue
      compared++
      const difference = Math.abs(values[t] - found)
      if (!(difference <= 1e-9)) expect.fail(`${feature} at ${t}: ${values[t]}, theirs ${found}`)
    }
    expect(compared).toBe(values.length - SETTLED)
  }

  it.each(bySignals)('%s equals that of trading-signals within 1e-9', (feature, peer, unit) => {
    expectEqual(feature, peer(), unit)
  })

  it.each(byTechnicalIndicators)('%s equals that of technicalindicators within 1e-9', (feature, peer, unit) => {
    expectEqual(feature, peer(), unit)
  })

  it('tells nothing of direction where a candle reaches as far above as below the one before, as Wilder has it', () => {
    // trading-signals counts both moves there, so that its ADX is another one
    const [up, down] = computeFeatures(
      {
        ...{ symbol: 'VEC/USDT', timeframe: '1h', length: 3, volume: new Float64Array(3) },
        openTimeMs: Float64Array.of(0, 3_600_000, 7_200_000),
        open: Float64Array.of(10, 10, 10),
        high: Float64Array.of(11, 12, 13),
        low: Float64Array.of(9, 8, 7),
        close: Float64Array.of(10, 10, 10),
      },
      ['plusDi(1)', 'minusDi(1)'],
    ).observed
    expect([up[2], down[2]]).toEqual([0, 0])
  })
})
