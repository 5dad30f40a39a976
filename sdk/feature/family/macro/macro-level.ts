import { observedFeature } from '../../feature.ts'
import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import type { MacroSeries } from '../../input/input-source.ts'
import { logOf, logRatioOf, minus, scaled } from '../../op/arithmetic.ts'
import { integer, oneOf, type Parameter } from '../../parameters.ts'

/** Trading days of New York; those of a year are about 252. */
const sessions: Parameter<number> = integer({ min: 1, max: 252 })

export const KNOWN_FROM =
  'A session is known from 22:30 UTC of its date, holds over weekends and holidays, and for seven days at most.'

/** `ln(close / close[so many sessions before])` */
export const sessionReturn = (scope: Scope, series: MacroSeries, sessions: number): Series => {
  const close = `${series.toLowerCase()}Close`
  return logRatioOf(scope.input(close), scope.input(`${close}[${sessions}]`))
}

export const macroLevels = [
  observedFeature({
    name: 'vixLevel',
    group: 'macro',
    summary: 'The fear of the stock market: volatility that S&P 500 options expect.',
    unit: 'log points',
    formula: 'ln(VIX close)',
    edges: KNOWN_FROM,
    source: 'Whaley (2000), The Investor Fear Gauge, J. Portfolio Management 26',
    parameters: {},
    examples: ['vixLevel'],
    build: scope => logOf(scope.input('vixClose')),
  }),
  observedFeature({
    name: 'vixChange',
    group: 'macro',
    summary: 'How that fear has changed over the last sessions.',
    unit: 'log return',
    formula: 'ln(VIX close / VIX close[sessions before])',
    edges: KNOWN_FROM,
    parameters: { sessions },
    examples: ['vixChange(1)', 'vixChange(5)'],
    build: (scope, { sessions }) => sessionReturn(scope, 'VIX', sessions),
  }),
  observedFeature({
    name: 'vixSurprise',
    group: 'macro',
    summary: 'That fear against its level over the last sessions, the newest among them.',
    unit: 'log ratio',
    formula: 'ln(VIX close) − mean(ln(VIX close), sessions)',
    edges: KNOWN_FROM,
    parameters: { sessions },
    examples: ['vixSurprise(20)'],
    build: (scope, { sessions }) => minus(logOf(scope.input('vixClose')), scope.input(`vixLogMean[${sessions}]`)),
  }),
  observedFeature({
    name: 'macroReturn',
    group: 'macro',
    summary: 'Move of the S&P 500 (SPY) or the US dollar index (DXY) over the last sessions.',
    unit: 'percent',
    formula: 'ln(close / close[sessions before])·100',
    edges: KNOWN_FROM,
    parameters: { series: oneOf(['SPY', 'DXY']), sessions },
    examples: ['macroReturn(SPY,1)', 'macroReturn(SPY,5)', 'macroReturn(DXY,1)', 'macroReturn(DXY,5)'],
    build: (scope, { series, sessions }) => scaled(sessionReturn(scope, series, sessions), 100),
  }),
]
