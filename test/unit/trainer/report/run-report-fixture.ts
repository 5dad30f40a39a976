import type { BacktestReport, StrategyResult } from '../../../../sdk/backtest/backtest.ts'
import type { Manifest } from '../../../../sdk/bundle/manifest.ts'
import { DAY_MS, HOUR_MS } from '../../../../sdk/units.ts'
import { parseConfig } from '../../../../trainer/config/load-config.ts'
import type { HorizonEvaluation, LossRatio } from '../../../../trainer/evaluate/evaluation.ts'
import type { RunReport } from '../../../../trainer/report/run-report.ts'

const START_MS = Date.UTC(2024, 0, 1)
const LEVELS = [0.1, 0.5, 0.9]

/** A ratio with an interval of ± 0.01. */
const ratioOf = (ratio: number): LossRatio => ({
  ratio,
  interval: { low: ratio - 0.01, high: ratio + 0.01, level: 0.9 },
})

export const horizonOf = (horizonCandles: number, toUnconditional: number, toEwma: number): HorizonEvaluation => ({
  horizonCandles,
  rows: 1_000,
  pinball: 0.002 * toUnconditional,
  pinballUnconditional: 0.002,
  pinballEwma: (0.002 * toUnconditional) / toEwma,
  toUnconditional: ratioOf(toUnconditional),
  toEwma: ratioOf(toEwma),
  coverage: [0.11, 0.5, 0.9],
  intervalCoverage: 0.79,
  tercileCoverage: [0.78, 0.8, null],
})

const strategyOf = (name: string, totalReturnFraction: number, trades: number): StrategyResult => ({
  name,
  equity: Float64Array.of(10_000, 10_000 * (1 + totalReturnFraction)),
  trades: Array.from({ length: trades }, () => ({
    timeMs: START_MS,
    side: 'buy' as const,
    quantityBase: 1,
    price: 100,
    feeQuote: 0.05,
    slippageQuote: 0.01,
    realisedQuote: null,
  })),
  metrics: {
    totalReturnFraction,
    cagrFraction: null,
    annualVolatilityFraction: 0.4,
    sharpe: trades === 0 ? null : 0.5,
    sortino: 0.7,
    calmar: null,
    maxDrawdownFraction: 0.2,
    hitRateFraction: null,
    profitFactor: null,
    exposureFraction: 0.5,
    turnover: 3,
    trades,
    costsQuote: 12,
    undefinedReasons: { calmar: 'less than a year' },
  },
  intervals: { totalReturnFraction: { low: -0.1, high: 0.3, level: 0.9 }, sharpe: null },
})

export const backtestOf = (
  own: number,
  buyAndHold: number,
  probability: number | null,
  trades = 10,
): BacktestReport => ({
  symbol: 'BTC/USDT',
  startTimeMs: START_MS,
  endTimeMs: START_MS + HOUR_MS,
  timesMs: Float64Array.of(START_MS, START_MS + HOUR_MS),
  costs: { feeBps: 5, slippageBps: 1 },
  initialCashQuote: 10_000,
  result: strategyOf('Gated forecast', own, trades),
  baselines: [strategyOf('Buy & Hold', buyAndHold, 1), strategyOf('Simple Grid', 0.01, 4)],
  trials: 3,
  deflatedSharpe: { probability, reason: probability === null ? 'it never traded' : null },
  signals: [],
})

export function manifestOf(simulated: boolean): Manifest {
  const network = {
    kind: 'tft' as const,
    lookback: 24,
    horizons: 2,
    quantiles: 3,
    observed: 1,
    known: 1,
    symbols: 1,
    hidden: 8,
    heads: 2,
    head: 'monotone' as const,
  }
  const scaler = { mean: 0, standardDeviation: 1, clip: 5 }
  const trainingPeriod = { startTimeMs: START_MS - 200 * DAY_MS, endTimeMs: START_MS - 50 * DAY_MS }
  return {
    formatVersion: 1,
    name: 'tiny',
    version: '1.2.3',
    createdAtMs: START_MS,
    teacher: { network, parameters: 20_000 },
    network,
    parameters: 5_000,
    timeframe: '1h',
    symbols: ['BTC/USDT'],
    features: [
      { name: 'return(1)', unit: 'ex-ante σ', kind: 'observed', warmupCandles: 1, scaler },
      { name: 'hourSin(1)', unit: 'fraction', kind: 'known', warmupCandles: 0, scaler },
    ],
    horizons: [1, 24],
    quantiles: LEVELS,
    quantisation: { int8: ['a'], float32: ['b'], lossRatio: 1.0003 },
    calibration: {
      method: 'none',
      offsets: [
        [0, 0, 0],
        [0, 0, 0],
      ],
      period: trainingPeriod,
      note: 'Not kept: <worse>.',
    },
    gate: { minEdgeToCost: 1, maxWidthRatio: 1.5, usualWidths: [2, 2], note: 'Not tuned.' },
    golden: { file: 'golden.safetensors', windows: 8, tolerance: 1e-3 },
    training: {
      exchange: simulated ? 'simulator' : 'binance',
      simulated,
      symbols: ['BTC/USDT'],
      period: trainingPeriod,
      dataSha256: 'ab'.repeat(32),
      windows: 2_000,
      seed: 7,
      backend: 'wasm',
      seconds: 61,
    },
    evaluation: {
      period: { startTimeMs: START_MS, endTimeMs: START_MS + DAY_MS },
      horizons: [horizonOf(1, 0.92, 0.97), horizonOf(24, 0.96, 1.02)].map(h => ({
        horizonCandles: h.horizonCandles,
        pinball: h.pinball,
        pinballUnconditional: h.pinballUnconditional,
        pinballEwma: h.pinballEwma,
        coverage: [...h.coverage],
        rows: h.rows,
      })),
    },
    files: {},
  }
}

export function reportOf(o: { simulated?: boolean; backtests?: readonly BacktestReport[] } = {}): RunReport {
  const { simulated = false, backtests = [backtestOf(0.05, 0.2, 0.6)] } = o
  const horizons = [horizonOf(1, 0.92, 0.97), horizonOf(24, 0.96, 1.02)]
  return {
    runId: '20240101-000000-tiny',
    configPath: 'runs/20240101-000000-tiny/config.json',
    config: parseConfig({ name: 'tiny', data: { source: 'simulate' } }, 'fixture'),
    manifest: manifestOf(simulated),
    weightBytes: 12_345,
    dataNote: 'Candles of <one> symbol.',
    evaluation: {
      startTimeMs: START_MS,
      endTimeMs: START_MS + DAY_MS,
      quantileLevels: LEVELS,
      horizons,
      symbols: [{ symbol: 'BTC/USDT', horizons }],
    },
    curves: [
      { stage: 'teacher', points: Array.from({ length: 50 }, (_, i) => ({ step: i + 1, loss: 1 + 1 / (i + 1) })) },
      { stage: 'student', points: [] },
    ],
    backtests,
    engine: {
      kind: 'tfjs',
      backend: 'wasm',
      workloads: { single: 'tfjs', batch: 'tfjs' },
      uses: [],
      reason: 'As asked for.',
      adapter: null,
      candidates: [],
    },
    timings: [{ stage: 'teacher', seconds: 61 }],
  }
}
