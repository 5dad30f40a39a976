import * as technical from 'technicalindicators'
import * as signals from 'trading-signals'
import { parseExpression } from '../../../sdk/feature/expression.ts'
import { averageTrueRange } from '../../../sdk/feature/family/indicator/average-true-range.ts'
import type { FeatureRows } from '../../../sdk/feature/feature-table.ts'
import type { Series } from '../../../sdk/feature/graph/graph.ts'
import type { Scope } from '../../../sdk/feature/graph/scope.ts'
import { rollingMean } from '../../../sdk/feature/op/decaying-mean.ts'
import { movingAverage } from '../../../sdk/feature/op/recursive-mean.ts'
import { buildSeries, resolveExpression } from '../../../sdk/feature/resolve-feature.ts'

/** Candles as the peers take them, made before the clock starts. */
export interface PeerInput {
  readonly close: number[]
  readonly high: number[]
  readonly low: number[]
  readonly open: number[]
  readonly volume: number[]
  readonly candles: readonly { open: number; high: number; low: number; close: number; volume: number }[]
}

/** An indicator that ours and at least one peer have. */
export interface SharedIndicator {
  readonly name: string
  readonly ours: (scope: Scope) => Series
  /** Makes the peer's figure ours, where it is given in units of the price. */
  readonly perPrice?: number
  readonly technical?: (input: PeerInput) => readonly (number | undefined)[]
  readonly signals?: (input: PeerInput) => Float64Array
  /** Of which technicalindicators gives two digits only. */
  readonly roundedByTechnical?: true
}

const feature = (name: string) => (scope: Scope) => buildSeries(scope, resolveExpression(parseExpression(name)))

interface Adding<Input, Result> {
  add(value: Input): Result | null
}

/** Memory for the values of a peer, written anew by each, as ours has: to allocate it is nobody's work. */
let kept = new Float64Array(0)

/** Every value of a peer that takes candle by candle. */
function each<Input, Result>(
  indicator: Adding<Input, Result>,
  values: readonly Input[],
  read: (result: Result, i: number) => number,
): Float64Array {
  if (kept.length !== values.length) kept = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const result = indicator.add(values[i])
    kept[i] = result === null ? Number.NaN : read(result, i)
  }
  return kept
}

const itself = (value: number): number => value

const macd = () => new signals.MACD(new signals.EMA(12), new signals.EMA(26), new signals.EMA(9))

export const SHARED_INDICATORS: readonly SharedIndicator[] = [
  {
    name: 'SMA(20)',
    ours: scope => rollingMean(scope.candle('close'), 20),
    technical: ({ close }) => technical.SMA.calculate({ values: close, period: 20 }),
    signals: ({ close }) => each(new signals.SMA(20), close, itself),
  },
  {
    name: 'EMA(20)',
    ours: scope => movingAverage(scope.candle('close'), 20),
    technical: ({ close }) => technical.EMA.calculate({ values: close, period: 20 }),
    signals: ({ close }) => each(new signals.EMA(20), close, itself),
  },
  {
    name: 'RSI(14)',
    ours: feature('rsi(14)'),
    technical: ({ close }) => technical.RSI.calculate({ values: close, period: 14 }),
    roundedByTechnical: true,
    signals: ({ close }) => each(new signals.RSI(14), close, itself),
  },
  {
    name: 'MACD histogram(12,26,9)',
    ours: feature('macdHistogram(12,26,9)'),
    perPrice: 1,
    technical: ({ close }) =>
      technical.MACD.calculate({
        ...{ values: close, fastPeriod: 12, slowPeriod: 26, signalPeriod: 9 },
        ...{ SimpleMAOscillator: false, SimpleMASignal: false },
      }).map(result => result.histogram),
    signals: ({ close }) => each(macd(), close, result => result.histogram),
  },
  {
    name: 'Bollinger %b(20,2)',
    ours: feature('bollingerPercentB(20,2)'),
    technical: ({ close }) =>
      technical.BollingerBands.calculate({ values: close, period: 20, stdDev: 2 }).map(result => result.pb),
    signals: ({ close }) =>
      each(new signals.BollingerBands(20, 2), close, (r, i) => (close[i] - r.lower) / (r.upper - r.lower)),
  },
  {
    name: 'ATR(14)',
    ours: scope => averageTrueRange(scope, 14),
    technical: ({ high, low, close }) => technical.ATR.calculate({ high, low, close, period: 14 }),
    signals: ({ candles }) => each(new signals.ATR(14), candles, itself),
  },
  {
    name: 'stochastic %K(14,1)',
    ours: feature('stochasticK(14,1)'),
    technical: ({ high, low, close }) =>
      technical.Stochastic.calculate({ high, low, close, period: 14, signalPeriod: 3 }).map(result => result.k),
  },
  {
    name: 'stochastic %D(14,3,3)',
    ours: feature('stochasticD(14,3,3)'),
    signals: ({ candles }) =>
      each(
        new signals.StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 }),
        candles,
        result => result.stochD,
      ),
  },
  {
    name: 'Williams %R(14)',
    ours: feature('williamsR(14)'),
    technical: ({ high, low, close }) => technical.WilliamsR.calculate({ high, low, close, period: 14 }),
    signals: ({ candles }) => each(new signals.WilliamsR(14), candles, itself),
  },
  {
    name: 'ROC(12)',
    ours: feature('roc(12)'),
    technical: ({ close }) => technical.ROC.calculate({ values: close, period: 12 }),
    signals: ({ close }) => each(new signals.ROC(12), close, value => 100 * value),
  },
  {
    name: 'CCI(20)',
    ours: feature('cci(20)'),
    technical: ({ high, low, close }) => technical.CCI.calculate({ high, low, close, period: 20 }),
    signals: ({ candles }) => each(new signals.CCI(20), candles, itself),
  },
  {
    name: 'ADX(14)',
    ours: feature('adx(14)'),
    technical: ({ high, low, close }) =>
      technical.ADX.calculate({ high, low, close, period: 14 }).map(result => result.adx),
  },
  {
    name: '+DI(14)',
    ours: feature('plusDi(14)'),
    technical: ({ high, low, close }) =>
      technical.ADX.calculate({ high, low, close, period: 14 }).map(result => result.pdi),
  },
  {
    name: 'Aroon up(25)',
    ours: feature('aroonUp(25)'),
    signals: ({ candles }) => each(new signals.Aroon(25), candles, result => result.aroonUp),
  },
  {
    name: 'Keltner position(20,10,2)',
    ours: feature('keltnerPosition(20,10,2)'),
    signals: ({ candles, close }) =>
      each(
        new signals.KeltnerChannels({ emaInterval: 20, atrInterval: 10, multiplier: 2 }),
        candles,
        (r, i) => (close[i] - r.middle) / (r.upper - r.middle),
      ),
  },
  {
    name: 'MFI(14)',
    ours: feature('mfi(14)'),
    signals: ({ candles }) => each(new signals.MFI(14), candles, itself),
  },
]

export const peerInput = (rows: FeatureRows): PeerInput => {
  const [open, high, low, close, volume] = [rows.open, rows.high, rows.low, rows.close, rows.volume].map(column => [
    ...column,
  ])
  const candles = close.map((_, t) => ({
    open: open[t],
    high: high[t],
    low: low[t],
    close: close[t],
    volume: volume[t],
  }))
  return { open, high, low, close, volume, candles }
}
