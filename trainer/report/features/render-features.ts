import { resolveFeature } from '../../../sdk/feature/resolve-feature.ts'
import { decimal, integer, list, orDash, percent, period } from '../format.ts'
import { Html, html } from '../html.ts'
import { STYLES } from '../styles.ts'
import { type FeatureAnalysis, type FeaturesAnalysis, QUANTILE_LEVELS } from './analyse-features.ts'
import { FEATURE_STYLES } from './feature-styles.ts'
import { commonVerdict, type FeatureFinding, findFindings } from './findings.ts'
import { heatMap } from './heat-map.ts'
import { howRead } from './how-read.ts'
import { autocorrelationPlot, figure, histogramPlot, miniHistogram, monthsPlot } from './plots.ts'
import { driftBand } from './statistics/drift.ts'

export interface FeatureReport {
  readonly analysis: FeaturesAnalysis
  /** Name of the config. */
  readonly name: string
  readonly timeframe: string
  readonly exchange: string
  readonly simulated: boolean
  /** Over all symbols. */
  readonly candles: number
  /** When it was made. */
  readonly atMs: number
}

/** Features on their data as one file: no script, no request to anywhere. */
export function renderFeatureReport(report: FeatureReport): string {
  const { analysis, name, atMs } = report
  const { features, symbols, split } = analysis
  const findings = findFindings(analysis)
  const ids = new Map(features.map((feature, i) => [feature.name, `feature-${i + 1}`]))
  const idOf = (feature: string): string => ids.get(feature) ?? ''
  const shownSymbols = symbols.length > 4 ? `${symbols.length} symbols` : list(symbols)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Features of ${name} – EdgeQuant</title>
<style>${new Html(STYLES)}${new Html(FEATURE_STYLES)}</style>
</head>
<body><main>
<header>
<div class="brand">EdgeQuant features</div>
<h1>${headline(analysis)}<small>${name}</small></h1>
<div><span class="tag">${shownSymbols}</span><span class="tag">${report.exchange} ${report.timeframe}</span><span class="tag">training ${period(split.train.startTimeMs, split.train.endTimeMs)}</span><span class="tag">test ${period(split.test.startTimeMs, split.test.endTimeMs)}</span><span class="tag">made ${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC</span>${report.simulated ? html`<span class="tag loud">simulated prices</span>` : html``}</div>
</header>
${tiles(report)}
${findingSection(findings, idOf)}
<section><h2>All features</h2>${KEY}${overview(analysis, idOf)}</section>
<section><h2>Correlation</h2><p>How much features say the same. Blue rise together, orange go against each other; what is alike stands together.</p>${heatMap(analysis)}</section>
<section><h2>Feature by feature</h2>${KEY}${features.map(feature => details(feature, analysis, idOf(feature.name)))}</section>
${howRead()}
<footer>Made by <code>trainer features --report</code> from the candles that ${name} names. What each feature is: <code>trainer features --list</code>.</footer>
</main></body></html>
`
  return page.text
}

const KEY = html`<ul class="key"><li><i class="of-training"></i>training</li><li><i class="of-test"></i>test</li></ul>`

function headline({ features, correlations }: FeaturesAnalysis): string {
  const drifting = features.filter(({ drift }) => drift !== null && driftBand(drift.psi) !== 'little').length
  const copies = correlations.copies.length
  const drifts = drifting === 0 ? 'none drifts' : `${drifting} ${drifting === 1 ? 'drifts' : 'drift'}`
  const alike = copies === 0 ? 'no copies' : `${copies} ${copies === 1 ? 'group' : 'groups'} of near copies`
  return `${features.length} ${features.length === 1 ? 'feature' : 'features'}: ${drifts}, ${alike}`
}

function tiles({ analysis, candles }: FeatureReport): Html {
  const { features, symbols, correlations } = analysis
  const tested = features.filter(({ stationarity }) => stationarity.some(({ test }) => test !== null))
  const stationary = tested.filter(feature => commonVerdict(feature)?.verdict === 'stationary').length
  const steady = features.filter(({ drift }) => drift !== null && driftBand(drift.psi) === 'little').length
  const worst = Math.max(0, ...features.map(({ missingFraction }) => missingFraction))
  const copied = correlations.copies.flat().length
  const tile = (value: string, text: string): Html =>
    html`<div class="finding tile"><b>${value}</b><span>${text}</span></div>`
  return html`<section class="findings tiles" aria-label="Summary">
${tile(`${steady} / ${features.length}`, 'are distributed in the test as in training (PSI below 0.1)')}
${tile(`${stationary} / ${tested.length}`, 'of those that are no functions of time are stationary on most symbols')}
${tile(integer(copied), 'are near copies of others (|ρ| above 0.95)')}
${tile(percent(worst, { digits: worst > 0 && worst < 0.001 ? 2 : 1 }), `values missing at worst, of ${integer(candles)} candles of ${symbols.length} ${symbols.length === 1 ? 'symbol' : 'symbols'}`)}
</section>`
}

function findingSection(findings: readonly FeatureFinding[], idOf: (feature: string) => string): Html {
  if (findings.length === 0) {
    return html`<section><h2>Findings</h2><p>None: no drift, no unit root, nothing missing, no copies.</p></section>`
  }
  return html`<section><h2>Worth a look</h2><div class="scroll"><table class="prose"><thead><tr><th scope="col">Feature</th><th scope="col">What</th><th scope="col">Why</th></tr></thead><tbody>${findings.map(
    ({ what, features, text }) =>
      html`<tr><th scope="row">${nameOrCount(features, idOf)}</th><td class="what">${what}</td><td class="text">${text}</td></tr>`,
  )}</tbody></table></div></section>`
}

function nameOrCount(features: readonly string[], idOf: (feature: string) => string): Html {
  const [first, ...others] = features
  const link = idOf(first) === '' ? html`${first}` : html`<a href="#${idOf(first)}">${first}</a>`
  return others.length === 0 ? link : html`${link} and ${others.length} more`
}

function overview(analysis: FeaturesAnalysis, idOf: (feature: string) => string): Html {
  const header = [
    'Feature',
    'Distribution',
    'Missing',
    '1 %',
    'Median',
    '99 %',
    'ρ 1',
    'ρ 24',
    'Stationarity',
    'PSI',
    'KS',
  ]
  const rows = analysis.features.map(feature => {
    const { name, unit, histogram, missingFraction, quantiles, autocorrelation, drift } = feature
    const [low, , , median, , , high] = quantiles
    const span = high - low
    const lag = (candles: number) => (autocorrelation === null ? '–' : decimal(autocorrelation[candles]))
    const band = drift === null ? 'little' : driftBand(drift.psi)
    return html`<tr><th scope="row"><a class="name" href="#${idOf(name)}">${breakable(name)}</a><small>${unit}</small></th><td>${miniHistogram(histogram)}</td><td>${percent(missingFraction)}</td><td>${figure(low, span)}</td><td>${figure(median, span)}</td><td>${figure(high, span)}</td><td>${lag(1)}</td><td>${lag(24)}</td><td>${verdictText(feature)}</td><td class="${band === 'little' ? 'fine' : 'warn'}">${orDash(drift?.psi ?? null, decimal)}</td><td>${orDash(drift?.ks ?? null, decimal)}</td></tr>`
  })
  return html`<div class="scroll"><table class="overview"><thead><tr>${header.map(
    title => html`<th scope="col">${title}</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table></div>`
}

/** A name that may be broken between its arguments. */
const breakable = (name: string): Html[] =>
  name.split(/(?<=[(,])/).map((part, i) => (i === 0 ? html`${part}` : html`<wbr>${part}`))

function verdictText(feature: FeatureAnalysis): Html {
  if (feature.kind !== 'observed')
    return html`<span class="fine">${feature.kind === 'known' ? 'of time' : 'static'}</span>`
  const common = commonVerdict(feature)
  if (common === null) return html`–`
  const { verdict, count } = common
  const total = feature.stationarity.length
  const share = count === total ? '' : ` ${count}/${total}`
  return html`<span class="${verdict === 'unit root' ? 'warn' : 'fine'}">${verdict}${share}</span>`
}

function details(feature: FeatureAnalysis, analysis: FeaturesAnalysis, id: string): Html {
  const { name, unit, kind, values, mean, deviation, quantiles, drift, missingFraction } = feature
  const { family } = resolveFeature(name)
  const span = quantiles[quantiles.length - 1] - quantiles[0]
  const facts = [
    `${kind}, ${unit}`,
    `${integer(values)} values`,
    `mean ${figure(mean, span)}`,
    `deviation ${figure(deviation, span)}`,
  ]
  const rows: [string, string][] = [
    ['Quantiles', QUANTILE_LEVELS.map((level, i) => `${level * 100} %: ${figure(quantiles[i], span)}`).join(', ')],
    ['Missing', percent(missingFraction, { digits: 2 })],
    ...stationarityRow(feature),
    ...alikeRow(feature, analysis),
    ...(drift === null
      ? []
      : ([
          ['PSI', `${decimal(drift.psi, 3)}, ${driftBand(drift.psi)}`],
          ['KS distance', `${decimal(drift.ks, 3)}, ${probability(drift.ksP)}`],
          ['Wasserstein', orDash(drift.wasserstein, value => `${decimal(value)} standard deviations`)],
          ['Median', orDash(drift.medianShift, value => `moves by ${decimal(value)} standard deviations`)],
        ] as [string, string][])),
  ]
  return html`<details class="feature" id="${id}"><summary>${name}<small>${facts.join(' · ')}</small></summary>
<p>${family.summary}</p><p class="muted"><code>${family.formula}</code></p>
<div class="plots">${histogramPlot(feature)}${monthsPlot(feature, analysis.split.test.startTimeMs)}${autocorrelationPlot(feature)}</div>
<dl class="figures">${rows.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl></details>`
}

const probability = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p ${decimal(p, 3)}`)

function stationarityRow({ stationarity }: FeatureAnalysis): [string, string][] {
  const tested = stationarity.flatMap(({ symbol, test }) => (test === null ? [] : [{ symbol, ...test }]))
  if (tested.length === 0) return []
  const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
  const counts = [...new Set(tested.map(({ verdict }) => verdict))]
    .map(verdict => `${verdict} on ${tested.filter(test => test.verdict === verdict).length}`)
    .join(', ')
  const adf = decimal(middle(tested.map(test => test.adf)), 1)
  const kpss = decimal(middle(tested.map(test => test.kpss)))
  return [
    [
      'Stationarity',
      `${counts} of ${tested.length}; Dickey–Fuller ${adf} (5 %: −2.86), KPSS ${kpss} (5 %: 0.46), medians`,
    ],
  ]
}

const MOST_ALIKE = 3

function alikeRow(feature: FeatureAnalysis, { features, correlations }: FeaturesAnalysis): [string, string][] {
  const row = correlations.matrix[features.indexOf(feature)]
  const alike = features
    .map(({ name }, i) => ({ name, rho: row[i] }))
    .filter(({ name, rho }) => name !== feature.name && Math.abs(rho) >= 0.3)
    .sort((a, b) => Math.abs(b.rho) - Math.abs(a.rho))
    .slice(0, MOST_ALIKE)
  return alike.length === 0 ? [] : [['Most alike', alike.map(({ name, rho }) => `${name} ${decimal(rho)}`).join(', ')]]
}
