import type { BacktestReport } from '../../sdk/backtest/backtest.ts'
import type { Evaluation, HorizonEvaluation, LossRatio } from '../evaluate/evaluation.ts'
import { decimal, horizonText, list, percent } from './format.ts'

/** A finding in one sentence; `bad` where a baseline was not beaten. */
export interface Verdict {
  readonly tone: 'good' | 'mixed' | 'bad'
  readonly text: string
}

/** Whether the model beats a baseline, judged by the intervals: a ratio whose interval contains 1 decides nothing. */
function against(
  name: string,
  horizons: readonly HorizonEvaluation[],
  ratioOf: (h: HorizonEvaluation) => LossRatio,
  timeframe: string,
): Verdict {
  const ratios = horizons.map(ratioOf)
  const names = (test: (r: LossRatio) => boolean) =>
    list(horizons.filter(h => test(ratioOf(h))).map(h => horizonText(h.horizonCandles, timeframe)))
  const better = ratios.filter(r => r.interval.high < 1).length
  const worse = ratios.filter(r => r.interval.low > 1).length
  const gains = ratios.map(r => 1 - r.ratio)
  const span = `${percent(Math.min(...gains))} to ${percent(Math.max(...gains))}`

  if (better === ratios.length) {
    return { tone: 'good', text: `Beats ${name} on every horizon: its pinball loss is ${span} lower.` }
  }
  if (worse === ratios.length) return { tone: 'bad', text: `Does not beat ${name}: it is worse on every horizon.` }
  if (better === 0 && worse === 0) {
    return { tone: 'bad', text: `Does not beat ${name}: on every horizon the difference is within its error.` }
  }
  const parts = [
    better > 0 ? `better at ${names(r => r.interval.high < 1)}` : null,
    worse > 0 ? `worse at ${names(r => r.interval.low > 1)}` : null,
    better + worse < ratios.length
      ? `no clear difference at ${names(r => r.interval.high >= 1 && r.interval.low <= 1)}`
      : null,
  ].filter(part => part !== null)
  const lead = better === 0 ? `Does not beat ${name}` : `Beats ${name} on ${better} of ${ratios.length} horizons only`
  return { tone: better === 0 ? 'bad' : 'mixed', text: `${lead}: ${parts.join('; ')}.` }
}

function calibration(evaluation: Evaluation): Verdict {
  const misses = evaluation.horizons.flatMap(h =>
    h.coverage.map((share, q) => Math.abs(share - evaluation.quantileLevels[q])),
  )
  const worst = Math.max(...misses)
  const inside = evaluation.horizons.map(h => h.intervalCoverage)
  const span = `${percent(Math.min(...inside))} to ${percent(Math.max(...inside))}`
  const text = `The 80 % interval held ${span} of outcomes; the quantile furthest from its promise misses by ${decimal(worst * 100, 1)} points.`
  return { tone: worst <= 0.02 ? 'good' : worst <= 0.05 ? 'mixed' : 'bad', text }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** A deflated Sharpe ratio above this is taken as evidence. */
const EVIDENCE = 0.95

function trading(backtests: readonly BacktestReport[]): Verdict {
  const own = backtests.map(b => b.result.metrics.totalReturnFraction)
  const ownMean = mean(own)
  const baselines = backtests[0].baselines.map(({ name }, i) => {
    const returns = backtests.map(b => b.baselines[i].metrics.totalReturnFraction)
    return { name, mean: mean(returns), wins: own.filter((r, s) => r > returns[s]).length }
  })
  const beaten = baselines.filter(b => ownMean > b.mean)
  const unbeaten = baselines.filter(b => ownMean <= b.mean)
  const named = (some: typeof baselines) => list(some.map(b => `${b.name} (${percent(b.mean, { plus: true })})`))
  const scope = own.length === 1 ? backtests[0].symbol : `mean of ${own.length} symbols`
  const figure = `${percent(ownMean, { plus: true })} after costs (${scope})`
  const idle = backtests.every(b => b.result.trades.length === 0)
  const proven = backtests.every(b => (b.deflatedSharpe.probability ?? 0) >= EVIDENCE)

  const outcome = idle
    ? `The gate never acted, no edge exceeded the costs: ${figure}, against ${named(baselines)}.`
    : unbeaten.length === 0
      ? `Earned more than ${named(beaten)}: ${figure}.`
      : `Does not beat ${named(unbeaten)}: ${figure}${beaten.length > 0 ? `, more than ${named(beaten)}` : ''}.`
  const split =
    own.length === 1 || idle
      ? ''
      : ` Ahead of ${list(baselines.map(b => `${b.name} on ${b.wins} of ${own.length}`))} symbols.`
  const evidence = proven
    ? ' The deflated Sharpe ratio calls it more than luck.'
    : idle
      ? ''
      : ' It is no evidence of skill: the deflated Sharpe ratio does not exclude luck.'
  return {
    tone: unbeaten.length === 0 && proven ? 'good' : unbeaten.length < baselines.length ? 'mixed' : 'bad',
    text: `${outcome}${split}${evidence}`,
  }
}

/** The findings of a run, most important first. */
export function findings(
  evaluation: Evaluation,
  backtests: readonly BacktestReport[],
  timeframe: string,
): { readonly title: string; readonly verdict: Verdict }[] {
  const { horizons } = evaluation
  return [
    {
      title: 'Against unconditional quantiles',
      verdict: against('the unconditional quantiles', horizons, h => h.toUnconditional, timeframe),
    },
    {
      title: 'Against EWMA volatility',
      verdict: against('EWMA-volatility quantiles', horizons, h => h.toEwma, timeframe),
    },
    { title: 'Calibration', verdict: calibration(evaluation) },
    ...(backtests.length > 0 ? [{ title: 'Backtest', verdict: trading(backtests) }] : []),
  ]
}
