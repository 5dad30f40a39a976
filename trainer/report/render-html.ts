import type { BacktestReport, StrategyResult } from '../../sdk/backtest/backtest.ts'
import { nameOf } from '../../worker/engine-name.ts'
import type { HorizonEvaluation, LossRatio } from '../evaluate/evaluation.ts'
import { equityChart, lossChart, ratioChart, ratioClass, reliabilityChart } from './charts.ts'
import { bytes, decimal, duration, horizonText, integer, orDash, percent, period, withInterval } from './format.ts'
import { Html, html, table } from './html.ts'
import type { RunReport } from './run-report.ts'
import { STYLES } from './styles.ts'
import { findings, type Verdict } from './verdict.ts'

const MARKS: Readonly<Record<Verdict['tone'], string>> = { good: '✓', mixed: '~', bad: '✗' }

/** The whole report as one file: no script, no request to anywhere. */
export function renderHtmlReport(report: RunReport): string {
  const { manifest, evaluation } = report
  const title = `${manifest.name} ${manifest.version}`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – EdgeQuant run report</title>
<style>${new Html(STYLES)}</style>
</head>
<body><main>
${header(report)}
<section class="findings" aria-label="Findings">${findings(evaluation, report.backtests, manifest.timeframe).map(
    ({ title, verdict }) =>
      html`<div class="finding ${verdict.tone}"><h3>${title}</h3><p><span class="mark" aria-hidden="true">${MARKS[verdict.tone]}</span>${verdict.text}</p></div>`,
  )}</section>
${accuracySection(report)}
${calibrationSection(report)}
${backtestSection(report)}
${trainingSection(report)}
${reproductionSection(report)}
<footer>Run ${report.runId}. Every figure was computed in this run, out of sample unless said otherwise. Forecasts are no investment advice.</footer>
</main></body></html>
`
  return page.text
}

function header({ manifest, weightBytes, evaluation, engine, dataNote }: RunReport): Html {
  const { training } = manifest
  const tags = [
    `${manifest.symbols.length} symbols · ${manifest.timeframe} candles`,
    `${integer(manifest.parameters)} parameters`,
    `${bytes(weightBytes)} of weights (int8)`,
    nameOf(engine),
  ]
  return html`<header>
<div class="brand">EdgeQuant run report</div>
<h1>${manifest.name} <small>version ${manifest.version}</small></h1>
<div>${training.simulated ? html`<span class="tag loud">simulated market</span>` : html``}${tags.map(tag => html`<span class="tag">${tag}</span>`)}</div>
<p class="muted" style="margin-top:12px">${dataNote} Trained on <time>${period(training.period.startTimeMs, training.period.endTimeMs)}</time>, judged on <time>${period(evaluation.startTimeMs, evaluation.endTimeMs)}</time>, which the model never saw.</p>
${
  training.simulated
    ? html`<p class="notice"><strong>These are not real prices.</strong> The candles come from EdgeQuant's market simulator, so the figures show that the whole way works; they say nothing about any real market.</p>`
    : html``
}
</header>`
}

const ratioCell = (r: LossRatio): Html =>
  html`<span class="${ratioClass(r)}">${decimal(r.ratio, 3)}</span> <span class="interval">${decimal(r.interval.low, 3)} … ${decimal(r.interval.high, 3)}</span>`

/** Log returns are small: pinball losses read best in basis points. */
const inBps = (loss: number) => decimal(loss * 10_000, 2)

function accuracyTable(horizons: readonly HorizonEvaluation[], timeframe: string): Html {
  return table(
    [
      'Horizon',
      'Ratio to unconditional',
      'Ratio to EWMA',
      'Pinball loss, bps',
      'Unconditional',
      'EWMA volatility',
      'Rows',
    ],
    horizons.map(h => [
      horizonText(h.horizonCandles, timeframe),
      ratioCell(h.toUnconditional),
      ratioCell(h.toEwma),
      inBps(h.pinball),
      inBps(h.pinballUnconditional),
      inBps(h.pinballEwma),
      integer(h.rows),
    ]),
  )
}

function accuracySection({ evaluation, manifest }: RunReport): Html {
  const { timeframe, quantisation } = manifest
  const levels = evaluation.quantileLevels.join(', ')
  return html`<section><h2>Forecast accuracy</h2>
<p>Mean pinball loss over the quantiles ${levels} of the log return; lower is better. A ratio below 1 beats the baseline. Intervals: 90 %, bootstrap over whole days of all symbols together. Baselines are fitted on training candles only: quantiles of all training returns, and EWMA volatility (half-life 24 candles) times the quantiles of scaled training returns.</p>
${accuracyTable(evaluation.horizons, timeframe)}
<div class="charts"><div class="chart"><h3>Loss relative to the baselines</h3><p class="muted">Dashed: the baseline itself. Below it is better.</p>${ratioChart(evaluation, timeframe)}</div>
<div class="chart"><h3>Calibration by quantile</h3><p class="muted">Observed minus promised share of outcomes at or below each quantile, in points; 0 is perfect.</p>${reliabilityChart(evaluation, timeframe)}</div></div>
${
  evaluation.symbols.length > 1
    ? evaluation.symbols.map(
        s => html`<details><summary>${s.symbol} alone</summary>${accuracyTable(s.horizons, timeframe)}</details>`,
      )
    : html``
}
<p class="muted">${
    quantisation.lossRatio === null
      ? 'What int8 costs was not measured in this run.'
      : `Quantising to int8 changed the loss by ${percent(quantisation.lossRatio - 1, { digits: 2, plus: true })}.`
  }</p></section>`
}

function calibrationSection({ evaluation, manifest }: RunReport): Html {
  return html`<section><h2>Calibration</h2>
<p>How often outcomes fell at or below each quantile, and inside the 80 % interval when the symbol was calm, usual or violent (thirds of its own rows by ex-ante volatility). Method: ${manifest.calibration.method}. ${manifest.calibration.note}</p>
${table(
  ['Horizon', ...evaluation.quantileLevels.map(level => `≤ q${level}`), '80 % interval', 'calm', 'usual', 'violent'],
  evaluation.horizons.map(h => [
    horizonText(h.horizonCandles, manifest.timeframe),
    ...h.coverage.map(share => decimal(share, 3)),
    decimal(h.intervalCoverage, 3),
    ...h.tercileCoverage.map(share => orDash(share, value => decimal(value, 3))),
  ]),
)}</section>`
}

function strategyRow({ name, metrics: m, intervals }: StrategyResult): string[] {
  const percentage = (value: number) => percent(value, { plus: true })
  return [
    name,
    withInterval(percentage(m.totalReturnFraction), intervals.totalReturnFraction, percentage),
    m.sharpe === null || intervals.sharpe === null
      ? orDash(m.sharpe, decimal)
      : withInterval(decimal(m.sharpe), intervals.sharpe, decimal),
    orDash(m.sortino, decimal),
    percent(m.maxDrawdownFraction),
    orDash(m.hitRateFraction, percent),
    percent(m.exposureFraction),
    integer(m.trades),
    integer(m.costsQuote),
  ]
}

function backtestOf(report: BacktestReport): Html {
  const { probability, reason } = report.deflatedSharpe
  const luck =
    probability === null
      ? `Deflated Sharpe ratio: undefined (${reason}).`
      : `Deflated Sharpe ratio: ${percent(probability)} probability that the Sharpe ratio is more than the luck of ${report.trials} ${report.trials === 1 ? 'trial' : 'trials'}.`
  const undefinedNotes = Object.entries(report.result.metrics.undefinedReasons).map(([name, why]) => `${name}: ${why}`)
  return html`${equityChart(report)}
${table(
  ['', 'Return', 'Sharpe', 'Sortino', 'Max. drawdown', 'Hit rate', 'Exposure', 'Trades', 'Costs paid'],
  [report.result, ...report.baselines].map(strategyRow),
  `${period(report.startTimeMs, report.endTimeMs)}. 90 % intervals by stationary bootstrap.${undefinedNotes.length > 0 ? ` Undefined: ${undefinedNotes.join('; ')}.` : ''}`,
)}
<p>${luck}</p>`
}

function backtestSection({ backtests, config }: RunReport): Html {
  if (backtests.length === 0) {
    return html`<section><h2>Backtest</h2><p>None: this run was evaluated only (<code>trainer backtest</code> adds it).</p></section>`
  }
  const { costs, initialCashQuote } = backtests[0]
  return html`<section><h2>Backtest</h2>
<p>The gate's decisions at the ${config.backtest.horizonCandles}-candle horizon, ${config.backtest.allowShort ? 'long and short' : 'long only'}; filled at the next open. Every strategy pays ${costs.feeBps} bps fee and ${costs.slippageBps} bps slippage each way and starts with ${integer(initialCashQuote)} in quote currency. Funding and borrowing costs are not charged${config.backtest.allowShort ? ', which flatters shorts' : ''}.</p>
${backtests.map((report, i) =>
  i < OPEN_SYMBOLS
    ? html`<h3>${report.symbol}</h3>${backtestOf(report)}`
    : html`<details><summary>${report.symbol}: ${percent(report.result.metrics.totalReturnFraction, { plus: true })}</summary>${backtestOf(report)}</details>`,
)}</section>`
}

/** More symbols than this start folded. */
const OPEN_SYMBOLS = 3

function trainingSection({ curves, manifest, config, timings }: RunReport): Html {
  const { training } = manifest
  const facts: [string, string][] = [
    ['Windows', `${integer(training.windows)} training windows of ${config.lookback} candles`],
    [
      'Student',
      `hidden ${config.student.hidden}, ${config.student.heads} heads, ${integer(manifest.parameters)} parameters`,
    ],
    ...(manifest.teacher
      ? [
          [
            'Teacher',
            `hidden ${config.teacher.hidden}, ${config.teacher.heads} heads, ${integer(manifest.teacher.parameters)} parameters`,
          ] as [string, string],
        ]
      : []),
    ['Trained on', `${training.backend} in ${duration(training.seconds)}`],
    ...(timings.length > 0
      ? [['Time', timings.map(t => `${t.stage} ${duration(t.seconds)}`).join(' · ')] as [string, string]]
      : []),
    ['Features', manifest.features.map(f => f.name).join(', ')],
  ]
  const drawn = curves.filter(curve => curve.points.length > 1)
  return html`<section><h2>Training</h2>
${drawn.length > 0 ? html`<div class="charts">${drawn.map(curve => html`<div class="chart"><h3>Loss of the ${curve.stage}</h3><p class="muted">by step</p>${lossChart(curve)}</div>`)}</div>` : html``}
<dl>${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl></section>`
}

function reproductionSection({ manifest, engine, configPath, config }: RunReport): Html {
  return html`<section><h2>Engine, data and how to reproduce</h2>
<dl><dt>Engine</dt><dd>${nameOf(engine)}. ${engine.reason}</dd>
<dt>Data</dt><dd>${manifest.training.exchange}: ${manifest.symbols.join(', ')}</dd>
<dt>Data hash</dt><dd><code>${manifest.training.dataSha256}</code></dd>
<dt>Seed</dt><dd>${config.seed}</dd></dl>
<pre>npm run trainer -- run --config ${configPath} --no-serve</pre></section>`
}
