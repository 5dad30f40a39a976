import { describe, expect, it } from 'vitest'
import { createBacktestReport } from '../../../../sdk/backtest/create-backtest-report.ts'
import { BacktestError } from '../../../../sdk/errors.ts'
import { createRandom } from '../../../../sdk/random.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { forecastsOf, randomSeries, THRESHOLDS } from './market.ts'

const costs = { feeBps: 4, slippageBps: 1 }
const LENGTH = 1500
const FIRST = 100
const series = randomSeries(LENGTH, 7)

/** Edges that are right about the next two candles more often than not: a cheat, to have something to measure. */
function informedEdges(): number[] {
  const { normal } = createRandom(11)
  return Array.from({ length: LENGTH - FIRST }, (_, i) => {
    const t = FIRST + i
    const future = t + 2 < LENGTH ? Math.log(series.close[t + 2] / series.open[t + 1]) : 0
    return 1e4 * (0.3 * future + 0.004 * normal())
  })
}
const forecasts = forecastsOf(series, informedEdges())
const inputs = { series, forecasts, costs, thresholds: THRESHOLDS, strategy: { horizonCandles: 2 }, trials: 10 }
const report = createBacktestReport(inputs)

describe('createBacktestReport', () => {
  it('covers the candles from the first forecast on, for the strategy and both baselines alike', () => {
    expect(report.timesMs).toHaveLength(LENGTH - FIRST)
    expect(report.startTimeMs).toBe((FIRST + 1) * HOUR_MS)
    expect(report.endTimeMs).toBe(LENGTH * HOUR_MS)
    expect(report.baselines.map(b => b.name)).toEqual(['Buy & Hold', 'Simple Grid'])
    for (const { equity, trades } of [report.result, ...report.baselines]) {
      expect(equity).toHaveLength(LENGTH - FIRST)
      expect(equity[0]).toBe(10_000)
      expect(trades[0].timeMs).toBeGreaterThan(FIRST * HOUR_MS)
    }
  })

  it('charges everyone the same costs: Buy & Hold pays for one purchase', () => {
    const [hold] = report.baselines
    // all-in: 10 000 = notional · (1 + 1 bp) · (1 + 4 bp)
    const notional = 10_000 / (1.0001 * 1.0004)
    expect(hold.metrics.costsQuote).toBeCloseTo(10_000 - notional, 8)
    expect(hold.equity[hold.equity.length - 1]).toBeCloseTo(
      (notional / series.open[FIRST + 1]) * series.close[LENGTH - 1],
      6,
    )
  })

  it('shows that forecasts which know something earn something', () => {
    expect(report.result.metrics.sharpe).toBeGreaterThan(2)
    expect(report.deflatedSharpe.reason).toBeNull()
    expect(report.deflatedSharpe.probability).toBeGreaterThan(0.9)
  })

  it('has intervals around its estimates', () => {
    for (const { metrics, intervals } of [report.result, ...report.baselines]) {
      expect(intervals.totalReturnFraction.low).toBeLessThan(metrics.totalReturnFraction)
      expect(intervals.totalReturnFraction.high).toBeGreaterThan(metrics.totalReturnFraction)
      expect(intervals.sharpe!.low).toBeLessThan(metrics.sharpe!)
      expect(intervals.sharpe!.high).toBeGreaterThan(metrics.sharpe!)
    }
  })

  it('lowers the deflated Sharpe ratio as trials are added', () => {
    const many = createBacktestReport({ ...inputs, trials: 100_000 })
    expect(many.deflatedSharpe.probability!).toBeLessThan(report.deflatedSharpe.probability!)
  })

  it('tells at every close what the gate said', () => {
    expect(report.signals).toHaveLength(report.timesMs.length)
    expect(report.signals.map(s => s.timeMs)).toEqual(Array.from(report.timesMs))
    expect(report.signals.find(s => s.kind === 'act')!.text).toMatch(
      /^expected [+−][\d.]+ bps over 2 candles for a round trip of 10\.0 bps$/,
    )
    expect(report.signals.find(s => s.kind === 'abstain')!.text).toMatch(
      /^expected .*needed for a round trip of 10\.0 bps/,
    )
  })

  it('gives the same report for the same inputs', () => {
    expect(createBacktestReport(inputs)).toEqual(report)
  })

  it('survives the way out of a worker', () => {
    expect(structuredClone(report)).toEqual(report)
  })

  it('says why there is no Sharpe ratio when nothing was traded', () => {
    const idle = createBacktestReport({ ...inputs, strategy: { horizonCandles: 2, edgeMultiplier: 1e6 } })
    expect(idle.result.trades).toEqual([])
    expect(idle.result.metrics.sharpe).toBeNull()
    expect(idle.result.intervals.sharpe).toBeNull()
    expect(idle.deflatedSharpe).toEqual({ probability: null, reason: 'there is no Sharpe ratio: equity never changed' })
  })

  it('refuses forecasts of other candles and trial counts that make no sense', () => {
    const other = forecastsOf(randomSeries(LENGTH, 8), informedEdges())
    expect(() => createBacktestReport({ ...inputs, forecasts: other })).toThrow(BacktestError)
    for (const trials of [0, -1, 1.5, Number.NaN]) {
      expect(() => createBacktestReport({ ...inputs, trials })).toThrow(`trials is ${trials}`)
    }
  })
})
