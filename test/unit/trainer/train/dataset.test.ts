import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { parseConfig } from '../../../../trainer/config/load-config.ts'
import { type Dataset, prepareDataset, takeSample, type WindowSet } from '../../../../trainer/train/dataset.ts'

const SYMBOLS = ['BTC/USDT', 'ETH/USDT']
const markets = simulateMarket({ symbols: SYMBOLS, candles: 900, timeframe: '1h', seed: 6 })
const config = parseConfig(
  {
    name: 'tiny',
    data: { source: 'simulate', symbols: SYMBOLS },
    features: ['return(1)', 'realisedVolatility(6,0.05)', 'volumeSurprise(168)', 'hourSin(1)'],
    lookback: 4,
    horizons: [1, 6],
    backtest: { horizonCandles: 6 },
    split: { calibrationFraction: 0.2, testFraction: 0.2 },
  },
  'test config',
)

function prepare(change: (candle: Candle) => Candle = candle => candle): Dataset {
  return prepareDataset(
    config,
    [...markets].map(([symbol, candles]) => ({
      exchange: 'simulator',
      symbol,
      timeframe: '1h',
      candles: candles.map(change),
    })),
  )
}

/** The candles that open from a time on, as those of another market. */
const alteredFrom =
  (timeMs: number) =>
  (candle: Candle): Candle => {
    if (candle.openTimeMs < timeMs) return candle
    const factor = 3 + Math.sin(candle.openTimeMs)
    const { open, high, low, close } = candle
    return {
      openTimeMs: candle.openTimeMs,
      open: open * factor,
      high: 1.05 * high * factor,
      low: low * factor,
      close: close * factor,
      volume: 9 * candle.volume + 5,
    }
  }

/** Everything that is fitted on training data. */
const fitted = ({ features, scaledQuantiles, unconditionalQuantiles, horizonWeights, meanLogVolatility }: Dataset) => ({
  features,
  scaledQuantiles,
  unconditionalQuantiles,
  horizonWeights,
  meanLogVolatility,
})

const whole = (dataset: Dataset, set: WindowSet) =>
  takeSample(
    dataset,
    set,
    Int32Array.from({ length: set.length }, (_, row) => row),
  )

describe('a dataset', () => {
  const dataset = prepare()
  const { train, calibration } = dataset.split

  it('fits scalers, baselines and loss weights on training data: another future changes no bit of them', () => {
    const other = prepare(alteredFrom(train.endTimeMs))
    expect(fitted(other)).toEqual(fitted(dataset))
    expect(whole(other, other.train)).toEqual(whole(dataset, dataset.train))
  })

  it('would be caught fitting them on more: another last candle of training changes all of them', () => {
    const before = fitted(dataset)
    const after = fitted(prepare(alteredFrom(train.endTimeMs - HOUR_MS)))
    expect(after.features.map(f => f.scaler).slice(0, 3)).not.toEqual(before.features.map(f => f.scaler).slice(0, 3))
    expect(after.unconditionalQuantiles).not.toEqual(before.unconditionalQuantiles)
    expect(after.meanLogVolatility).not.toEqual(before.meanLogVolatility)
  })

  it('calibrates on nothing of the test period: windows and outcomes stay when that is another one', () => {
    const other = prepare(alteredFrom(calibration.endTimeMs))
    expect(whole(other, other.calibration)).toEqual(whole(dataset, dataset.calibration))
    expect(whole(other, other.test)).not.toEqual(whole(dataset, dataset.test))
  })

  it('scales by mean and deviation of the candles that open in the training period', () => {
    const returns = [...markets.values()].flatMap(candles =>
      candles.flatMap(({ openTimeMs, close }, t) => {
        // the feature needs 168 returns before it: its unit is their volatility
        if (t < 168 || openTimeMs >= train.endTimeMs) return []
        let [sum, weights] = [0, 0]
        for (let age = 0; age < Math.min(t, 32 * 24); age++) {
          const weight = 2 ** (-age / 24)
          sum += weight * Math.log(candles[t - age].close / candles[t - age - 1].close) ** 2
          weights += weight
        }
        const z = Math.log(close / candles[t - 1].close) / (Math.sqrt(sum / weights) + 1e-5)
        return [Math.max(-8, Math.min(8, z))]
      }),
    )
    const mean = returns.reduce((a, b) => a + b, 0) / returns.length
    const deviation = Math.sqrt(returns.reduce((a, b) => a + (b - mean) ** 2, 0) / returns.length)
    expect(dataset.features[0]).toMatchObject({ name: 'return(1)', scaler: { clip: 5 } })
    expect(dataset.features[0].scaler.mean).toBeCloseTo(mean, 10)
    expect(dataset.features[0].scaler.standardDeviation).toBeCloseTo(deviation, 10)
  })

  it('leaves a longest horizon on either side of each border between periods', () => {
    const decidedAtMs = (set: WindowSet) =>
      Array.from(set.index, (t, row) => dataset.segments[set.segment[row]].table.series.openTimeMs[t] + HOUR_MS)
    const longestMs = 6 * HOUR_MS
    for (const [earlier, later, borderMs] of [
      [dataset.train, dataset.calibration, train.endTimeMs],
      [dataset.calibration, dataset.test, calibration.endTimeMs],
    ] as const) {
      expect(Math.max(...decidedAtMs(earlier))).toBeLessThanOrEqual(borderMs - longestMs)
      expect(Math.min(...decidedAtMs(later))).toBeGreaterThanOrEqual(borderMs + longestMs)
    }
  })
})
