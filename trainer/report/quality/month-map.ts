import type { PeriodScore } from '../../../sdk/candle/quality/score-periods.ts'
import { type JudgedSeries, nameOfSeries } from '../../data/quality/judged-series.ts'
import { integer } from '../format.ts'
import { type Html, html } from '../html.ts'
import { BANDS, bandOf, points } from './bands.ts'

/** Months since the year 0. */
const monthNumber = (startMs: number): number => {
  const date = new Date(startMs)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

/**
 * A row per series, a cell per month, all on one time axis. Each row is a drawing that fills the width there is, so that
 * eight years fit a phone.
 */
export function monthMap(judged: readonly JudgedSeries[], idOf: (series: JudgedSeries) => string): Html {
  const months = judged.flatMap(({ judgement }) => judgement.months.map(month => monthNumber(month.startMs)))
  const first = Math.min(...months)
  const count = Math.max(...months) - first + 1
  return html`<ul class="scale" aria-label="Points">${BANDS.map(
    band =>
      html`<li><svg viewBox="0 0 1 1" aria-hidden="true"><rect class="${band.name}" width="1" height="1"/></svg>${band.label}</li>`,
  )}</ul>
<div class="months"><span class="corner"></span><span class="score corner" aria-hidden="true">mean</span>${yearAxis(first, count)}${judged.map(
    series => {
      const { months: scores } = series.judgement
      const mean = scores.reduce((sum, month) => sum + month.score, 0) / Math.max(1, scores.length)
      return html`<a class="name" href="#${idOf(series)}">${nameOfSeries(series.judgement)}</a><span class="score">${scores.length === 0 ? '–' : points(mean, 1)}</span><div class="strip"><svg viewBox="0 0 ${count} 1" preserveAspectRatio="none" role="img" aria-label="${labelOf(series)}">${scores.map(
        month =>
          html`<rect class="${bandOf(month.score).name}" x="${monthNumber(month.startMs) - first}" width="1" height="1"><title>${describePeriod(month)}</title></rect>`,
      )}</svg></div>`
    },
  )}</div>`
}

function yearAxis(first: number, count: number): Html {
  const years: number[] = []
  for (let year = Math.ceil(first / 12); year * 12 < first + count; year++) years.push(year)
  if (years.length === 0) years.push(Math.floor(first / 12))
  return html`<div class="axis" aria-hidden="true">${years.map(
    (year, i) =>
      html`<span class="${years.length > 5 && i % 2 === 1 ? 'fold' : 'year'}" style="left:${((Math.max(0, year * 12 - first) / count) * 100).toFixed(2)}%">${String(year)}</span>`,
  )}</div>`
}

const labelOf = ({ judgement }: JudgedSeries): string => {
  const below = judgement.months.filter(month => month.score < 99)
  return `${nameOfSeries(judgement)}: ${judgement.months.length} months, ${below.length === 0 ? 'all of them 99 points or more' : `${below.length} below 99 points: ${below.map(m => `${m.period} ${points(m.score)}`).join(', ')}`}`
}

/** `2018-02: 80 points; gap −19.6 (33 rows)` */
export function describePeriod({ period, score, reasons }: PeriodScore): string {
  const why = reasons.map(
    r => `${r.check} −${r.points.toFixed(1)} (${integer(r.rows)} ${r.rows === 1 ? 'row' : 'rows'})`,
  )
  return `${period}: ${[`${points(score)} points`, ...why].join('; ')}`
}
