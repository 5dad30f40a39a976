import {
  type ActedFinding,
  type JudgedSeries,
  nameOfSeries,
  rankFindings,
  worstMonth,
} from '../../data/quality/judged-series.ts'
import type { SeriesPolicy } from '../../data/quality/series-finding.ts'
import { integer, list, period } from '../format.ts'
import { Html, html, table } from '../html.ts'
import { STYLES } from '../styles.ts'
import { points } from './bands.ts'
import { dayCalendar } from './day-calendar.ts'
import { findingTable } from './finding-table.ts'
import { howScored } from './how-scored.ts'
import { monthMap } from './month-map.ts'
import { QUALITY_STYLES } from './quality-styles.ts'

export interface QualityReport {
  readonly judged: readonly JudgedSeries[]
  readonly policy: SeriesPolicy
  readonly maxGapCandles: number
  /** When it was judged. */
  readonly atMs: number
}

/** Findings in the table for all series; each series has all of its own. */
const TOP_FINDINGS = 20

/** Quality of market data as one file: no script, no request to anywhere. */
export function renderQualityReport(report: QualityReport): string {
  const { judged, atMs } = report
  const ids = new Map(judged.map((series, i) => [series, `series-${i + 1}`]))
  const idOf = (series: JudgedSeries): string => ids.get(series) ?? ''
  const rows = judged.reduce((sum, { judgement }) => sum + judgement.rows, 0)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quality of ${judged.length} series – EdgeQuant</title>
<style>${new Html(STYLES)}${new Html(QUALITY_STYLES)}</style>
</head>
<body><main>
<header>
<div class="brand">EdgeQuant data quality</div>
<h1>${headline(judged)}</h1>
<div><span class="tag">${integer(judged.length)} series</span><span class="tag">${integer(rows)} rows</span><span class="tag">judged ${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC</span></div>
</header>
${tiles(judged)}
<section><h2>Quality by month</h2><p>Points of each month, 100 where nothing was found. A series is judged from its first to its last row; before and after it nothing is drawn.</p>${monthMap(judged, idOf)}</section>
${topFindings(judged, idOf)}
<section><h2>Series</h2>${seriesTable(judged, idOf)}</section>
<section><h2>Day by day</h2><p>Every series with its calendar and all of its findings.</p>${judged.map(series => seriesDetails(series, idOf(series), judged.length === 1))}</section>
${howScored(report.policy, report.maxGapCandles)}
<footer>Outliers are shown, not judged: most are real events. Rows as they came are kept; what repairs do is in the store's log (<code>trainer data log</code>).</footer>
</main></body></html>
`
  return page.text
}

function headline(judged: readonly JudgedSeries[]): string {
  const refused = judged.filter(({ judgement }) => judgement.rejected.length > 0).map(s => nameOfSeries(s.judgement))
  if (refused.length === 0) return judged.length === 1 ? 'Accepted' : `All ${integer(judged.length)} series accepted`
  const named = refused.length > 3 ? `${refused.slice(0, 3).join(', ')} and ${refused.length - 3} more` : list(refused)
  return `${named} rejected`
}

function tiles(judged: readonly JudgedSeries[]): Html {
  const sum = (of: (series: JudgedSeries) => number): number => judged.reduce((total, series) => total + of(series), 0)
  const bySeverity = (severity: string): number =>
    sum(({ judgement }) => judgement.findings.filter(finding => finding.severity === severity).length)
  const errors = bySeverity('error')
  const months = judged.flatMap(({ judgement }) => judgement.months)
  const full = months.filter(month => month.score >= 99).length
  const repaired = sum(({ judgement: { repairs } }) => repairs.rows.length)
  const dropped = sum(({ judgement: { repairs } }) => repairs.dropped.length)
  const tile = (value: string, text: string): Html =>
    html`<div class="finding tile"><b>${value}</b><span>${text}</span></div>`
  return html`<section class="findings tiles" aria-label="Summary">
${tile(`${integer(full)} / ${integer(months.length)}`, 'months with 99 points or more')}
${tile(integer(errors), `${errors === 1 ? 'error' : 'errors'}: cannot be true, or would teach something false`)}
${tile(integer(bySeverity('warning')), 'warnings: can be true, worth a look')}
${tile(integer(repaired + dropped), `repairs: ${integer(repaired)} rows changed or added, ${integer(dropped)} left out`)}
</section>`
}

/** The same outage is in every series of an exchange: it is one line. */
function topFindings(judged: readonly JudgedSeries[], idOf: (series: JudgedSeries) => string): Html {
  const shared = new Map<string, { acted: ActedFinding; of: JudgedSeries[] }>()
  for (const series of judged) {
    for (const acted of rankFindings(series.judgement)) {
      const { check, range, text } = acted.finding
      // texts with prices differ, and are lines of their own
      const key = [series.judgement.key.exchange, check, acted.action, range.fromMs, range.toMs, text].join(' ')
      const known = shared.get(key)
      if (known === undefined) shared.set(key, { acted, of: [series] })
      else known.of.push(series)
    }
  }
  const weight = ({ finding, action }: ActedFinding): number =>
    (action === 'rejected' ? 2 : 0) + (finding.severity === 'error' ? 1 : 0)
  const top = [...shared.values()]
    .sort(
      (a, b) =>
        weight(b.acted) - weight(a.acted) || b.acted.finding.rows * b.of.length - a.acted.finding.rows * a.of.length,
    )
    .slice(0, TOP_FINDINGS)
  if (top.length === 0) return html`<section><h2>Findings</h2><p>None: every check passed on every row.</p></section>`
  const listed = top.map(({ acted, of }) => ({
    ...acted,
    series: html`<a href="#${idOf(of[0])}">${nameOfSeries(of[0].judgement)}</a>${of.length > 1 ? ` and ${of.length - 1} more` : ''}`,
  }))
  const all = judged.reduce((sum, { judgement }) => sum + judgement.findings.length, 0)
  return html`<section><h2>Most important findings</h2><p>Errors first, then by rows; what several series share is one line. All ${integer(all)} findings are with their series below.</p>${findingTable(listed)}</section>`
}

function seriesTable(judged: readonly JudgedSeries[], idOf: (series: JudgedSeries) => string): Html {
  return table(
    ['Series', 'Exchange', 'Rows', 'First – last day', 'Errors', 'Warnings', 'Repaired', 'Worst month'],
    judged.map(series => {
      const { judgement } = series
      const { findings, repairs, span } = judgement
      const worst = worstMonth(judgement)
      const count = (severity: string): string => integer(findings.filter(f => f.severity === severity).length)
      return [
        html`<a href="#${idOf(series)}">${nameOfSeries(judgement)}</a>`,
        judgement.key.exchange,
        integer(judgement.rows),
        span === null ? '–' : period(span.firstMs, span.lastMs),
        count('error'),
        count('warning'),
        integer(repairs.rows.length + repairs.dropped.length),
        worst === null ? '–' : `${worst.period}: ${points(worst.score)}`,
      ]
    }),
    'Repaired: rows changed, added or left out.',
  )
}

function seriesDetails(series: JudgedSeries, id: string, isOpen: boolean): Html {
  const { judgement, where } = series
  const { findings, days, span } = judgement
  const lost = days.filter(day => day.score < 100).length
  const facts =
    span === null
      ? 'no rows'
      : `${period(span.firstMs, span.lastMs)} · ${integer(days.length)} days, ${integer(lost)} below 100 · ${integer(findings.length)} findings`
  return html`<details class="series" id="${id}"${new Html(isOpen ? ' open' : '')}><summary>${nameOfSeries(judgement)}<small>${facts}</small></summary>
<p class="muted">${judgement.key.exchange}, <code>${where}</code></p>
${dayCalendar(days)}
${findings.length === 0 ? html`<p>No findings.</p>` : findingTable(rankFindings(judgement))}</details>`
}
