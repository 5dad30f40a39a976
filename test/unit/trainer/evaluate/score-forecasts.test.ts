import { describe, expect, it } from 'vitest'
import type { CandleSeries } from '../../../../sdk/candle/candle.ts'
import { DAY_MS } from '../../../../sdk/units.ts'
import { bootstrapRatio } from '../../../../trainer/evaluate/bootstrap-ratio.ts'
import { evaluateForecasts, toManifestEvaluation } from '../../../../trainer/evaluate/evaluate-bundle.ts'
import type { ForecastRange } from '../../../../trainer/evaluate/evaluation.ts'
import { scoreForecasts } from '../../../../trainer/evaluate/score-forecasts.ts'

/** Daily candles whose log returns are those given; the first close is 100. */
function seriesOf(symbol: string, logReturns: readonly number[]): CandleSeries {
  const close = Float64Array.from([0, ...logReturns])
  for (let t = 1; t < close.length; t++) close[t] += close[t - 1]
  const prices = close.map(x => 100 * Math.exp(x))
  return {
    symbol,
    timeframe: '1d',
    length: prices.length,
    openTimeMs: prices.map((_, t) => t * DAY_MS),
    open: prices,
    high: prices,
    low: prices,
    close: prices,
    volume: prices.map(() => 1),
  }
}

/** Forecasts the same quantiles of the one-candle return at every row. */
function forecast(series: CandleSeries, quantiles: readonly number[], volatility: readonly number[]): ForecastRange {
  const rows = series.length - 1
  return {
    series,
    from: 0,
    to: rows,
    forecasts: {
      series,
      horizons: [1],
      quantileLevels: [0.1, 0.5, 0.9],
      firstIndex: 0,
      logReturnQuantiles: Float32Array.from({ length: rows * 3 }, (_, i) => quantiles[i % 3]),
      widthRatio: new Float32Array(rows).fill(1),
      volatility: Float64Array.from(volatility),
      missing: new Uint8Array(series.length),
    },
  }
}

const BASELINES = { unconditional: [[-0.02, 0, 0.02]], scaled: [[-1, 0, 1]] }

describe('scoreForecasts', () => {
  // outcomes +1 %, −1 %, +3 %; forecast quantiles −1 %, 0, +1 %
  const series = seriesOf('BTC/USDT', [0.01, -0.01, 0.03])
  const [score] = scoreForecasts([forecast(series, [-0.01, 0, 0.01], [0.01, 0.02, 0.03, 0.04])], BASELINES, { seed: 1 })

  it('has the mean pinball loss worked out by hand', () => {
    // row 1 (+1 %): .1·.02 + .5·.01 + 0 = .007; row 2 (−1 %): 0 + .5·.01 + .1·.02 = .007; row 3 (+3 %): .004 + .015 + .018 = .037
    expect(score.pinball).toBeCloseTo((0.007 + 0.007 + 0.037) / 9, 7)
    expect(score.rows).toBe(3)
  })

  it('scores the baselines on the same rows', () => {
    // ±2 %: row 1: .003 + .005 + .001; row 2: .001 + .005 + .003; row 3: .005 + .015 + .009
    expect(score.pinballUnconditional).toBeCloseTo((0.009 + 0.009 + 0.029) / 9, 7)
    // ±σ with σ = 1, 2, 3 %: row 1: .002 + .005 + 0; row 2: .001 + .005 + .003; row 3: .006 + .015 + 0
    expect(score.pinballEwma).toBeCloseTo((0.007 + 0.009 + 0.021) / 9, 7)
    expect(score.toUnconditional.ratio).toBeCloseTo(0.051 / 0.047, 5)
    expect(score.toEwma.ratio).toBeCloseTo(0.051 / 0.037, 5)
  })

  it('counts outcomes at or below each quantile, and inside the 80 % interval', () => {
    const wide = scoreForecasts([forecast(series, [-0.005, 0.005, 0.02], [0.01, 0.02, 0.03, 0.04])], BASELINES, {
      seed: 1,
    })
    expect(wide[0].coverage).toEqual([1 / 3, 1 / 3, 2 / 3])
    expect(wide[0].intervalCoverage).toBeCloseTo(1 / 3, 10)
  })

  it('judges calm and violent rows of each symbol apart', () => {
    // volatility ascends, so each row is a third of its own; only the first outcome lies inside
    const wide = scoreForecasts([forecast(series, [-0.005, 0.005, 0.02], [0.01, 0.02, 0.03, 0.04])], BASELINES, {
      seed: 1,
    })
    expect(wide[0].tercileCoverage).toEqual([1, 0, 0])
  })

  it('leaves out rows before the first forecast', () => {
    const range = forecast(series, [-0.01, 0, 0.01], [0.01, 0.02, 0.03, 0.04])
    const late = {
      ...range,
      forecasts: { ...range.forecasts, firstIndex: 2, logReturnQuantiles: Float32Array.of(-0.01, 0, 0.01) },
    }
    const [last] = scoreForecasts([late], BASELINES, { seed: 1 })
    expect(last.rows).toBe(1)
    expect(last.pinball).toBeCloseTo(0.037 / 3, 7)
  })

  it('pools symbols by rows and also judges each alone', () => {
    const other = seriesOf('ETH/USDT', [0, 0, 0])
    const ranges = [forecast(series, [-0.01, 0, 0.01], [1, 1, 1, 1]), forecast(other, [-0.01, 0, 0.01], [1, 1, 1, 1])]
    const evaluation = evaluateForecasts(ranges, BASELINES, { seed: 1 })
    expect(evaluation.symbols.map(s => s.symbol)).toEqual(['BTC/USDT', 'ETH/USDT'])
    // ETH: .1·.01 + 0 + .1·.01 a row
    expect(evaluation.symbols[1].horizons[0].pinball).toBeCloseTo(0.002 / 3, 7)
    expect(evaluation.horizons[0].pinball).toBeCloseTo((0.051 + 0.006) / 18, 7)
    expect(evaluation.endTimeMs).toBe(4 * DAY_MS)
    expect(toManifestEvaluation(evaluation).horizons[0]).toMatchObject({ horizonCandles: 1, rows: 6 })
  })
})

describe('bootstrapRatio', () => {
  it('is the same for the same seed and another for another', () => {
    const a = [1, 2, 3, 4, 5, 6]
    const b = [2, 2, 2, 9, 2, 2]
    expect(bootstrapRatio(a, b, { seed: 3 })).toEqual(bootstrapRatio(a, b, { seed: 3 }))
    expect(bootstrapRatio(a, b, { seed: 3 })).not.toEqual(bootstrapRatio(a, b, { seed: 4 }))
  })

  it('has no width when every block has the same ratio', () => {
    const interval = bootstrapRatio([1, 2, 3], [2, 4, 6], { seed: 1 })
    expect(interval).toEqual({ low: 0.5, high: 0.5, level: 0.9 })
  })

  it('agrees with the normal approximation of a ratio of means', () => {
    // numerators 0 or 1 with equal weight over 400 blocks, denominators 1: mean .5, standard error .5 / √400 = .025
    const numerators = Array.from({ length: 400 }, (_, i) => i % 2)
    const interval = bootstrapRatio(numerators, new Array(400).fill(1), { seed: 1, resamples: 4_000 })
    expect(interval.low).toBeCloseTo(0.5 - 1.645 * 0.025, 2)
    expect(interval.high).toBeCloseTo(0.5 + 1.645 * 0.025, 2)
  })
})
