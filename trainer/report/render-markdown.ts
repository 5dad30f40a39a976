import { nameOf } from '../../worker/engine-name.ts'
import type { LossRatio } from '../evaluate/evaluation.ts'
import { decimal, duration, horizonText, integer, orDash, percent, period, withInterval } from './format.ts'
import { markdownTable } from './markdown-table.ts'
import type { RunReport } from './run-report.ts'
import { findings } from './verdict.ts'

const ratio = (r: LossRatio) => withInterval(decimal(r.ratio, 3), r.interval, value => decimal(value, 3))
const signedPercent = (value: number) => percent(value, { plus: true })

/** The report for terminals, pull requests and diffs: the same figures, without charts. */
export function renderMarkdownReport(report: RunReport): string {
  const { manifest, evaluation, backtests, timings } = report
  const { timeframe, training } = manifest
  const sections = [
    `# ${manifest.name} ${manifest.version}: run ${report.runId}`,
    training.simulated ? '**Simulated market: these are not real prices.**' : '',
    `${report.dataNote} Trained on ${period(training.period.startTimeMs, training.period.endTimeMs)}; judged out of sample on ${period(evaluation.startTimeMs, evaluation.endTimeMs)}.`,
    '## Findings',
    findings(evaluation, backtests, timeframe)
      .map(({ title, verdict }) => `- **${title}.** ${verdict.text}`)
      .join('\n'),
    '## Forecast accuracy',
    'Pinball loss in bps of log return, mean over the quantiles; ratios below 1 beat the baseline; 90 % intervals by a bootstrap over days.',
    markdownTable(
      [
        'Horizon',
        'Pinball',
        'Ratio to unconditional',
        'Ratio to EWMA volatility',
        '80 % interval',
        'calm',
        'usual',
        'violent',
        'Rows',
      ],
      evaluation.horizons.map(h => [
        horizonText(h.horizonCandles, timeframe),
        decimal(h.pinball * 10_000, 2),
        ratio(h.toUnconditional),
        ratio(h.toEwma),
        decimal(h.intervalCoverage, 3),
        ...h.tercileCoverage.map(share => orDash(share, value => decimal(value, 3))),
        integer(h.rows),
      ]),
    ),
    '### Share of outcomes at or below each quantile',
    markdownTable(
      ['Horizon', ...evaluation.quantileLevels.map(String)],
      evaluation.horizons.map(h => [
        horizonText(h.horizonCandles, timeframe),
        ...h.coverage.map(share => decimal(share, 3)),
      ]),
    ),
    ...(backtests.length > 0
      ? [
          '## Backtest',
          `Next-open fills, ${backtests[0].costs.feeBps} bps fee and ${backtests[0].costs.slippageBps} bps slippage each way, 90 % intervals by stationary bootstrap, ${backtests[0].trials} ${backtests[0].trials === 1 ? 'trial' : 'trials'}.`,
          ...backtests.flatMap(b => [
            `### ${b.symbol}, ${period(b.startTimeMs, b.endTimeMs)}`,
            markdownTable(
              ['', 'Return', 'Sharpe', 'Max. drawdown', 'Exposure', 'Trades', 'Costs paid'],
              [b.result, ...b.baselines].map(s => [
                s.name,
                withInterval(
                  signedPercent(s.metrics.totalReturnFraction),
                  s.intervals.totalReturnFraction,
                  signedPercent,
                ),
                s.intervals.sharpe && s.metrics.sharpe !== null
                  ? withInterval(decimal(s.metrics.sharpe), s.intervals.sharpe, decimal)
                  : orDash(s.metrics.sharpe, decimal),
                percent(s.metrics.maxDrawdownFraction),
                percent(s.metrics.exposureFraction),
                integer(s.metrics.trades),
                integer(s.metrics.costsQuote),
              ]),
            ),
            `Deflated Sharpe ratio: ${b.deflatedSharpe.probability === null ? `undefined (${b.deflatedSharpe.reason})` : percent(b.deflatedSharpe.probability)}.`,
          ]),
        ]
      : []),
    '## Run',
    `Engine ${nameOf(report.engine)}: ${report.engine.reason}\n\nTraining backend ${training.backend}, ${duration(training.seconds)}, seed ${training.seed}, data ${training.dataSha256}.${timings.length > 0 ? `\n\nTime: ${timings.map(t => `${t.stage} ${duration(t.seconds)}`).join(', ')}.` : ''}`,
  ]
  return `${sections.filter(text => text !== '').join('\n\n')}\n`
}
