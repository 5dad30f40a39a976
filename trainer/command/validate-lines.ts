import { type JudgedSeries, nameOfSeries, rankFindings, worstMonth } from '../data/quality/judged-series.ts'
import { integer, list, period } from '../report/format.ts'

/** Findings told per series; the others are in the report and in the store's log. */
const TOLD = 3

/** Errors are told, and what was not mended and costs a month at least this many points. */
const TOLD_POINTS = 1

/** A line on a series, and below it what is most important about it. */
export function describeJudgement({ judgement }: JudgedSeries): string[] {
  const { rows, span, findings, actions, months, key } = judgement
  const count = (of: (i: number) => boolean): number => findings.filter((_, i) => of(i)).length
  const worst = worstMonth(judgement)
  const notes = [
    plural(
      count(i => findings[i].severity === 'error'),
      'error',
    ),
    plural(
      count(i => findings[i].severity === 'warning'),
      'warning',
    ),
    `${integer(count(i => actions[i] === 'repaired'))} repaired`,
    ...(judgement.rejected.length > 0 ? [`${integer(judgement.rejected.length)} REJECTED`] : []),
    ...(worst === null ? [] : [`worst month ${worst.period}: ${Math.floor(worst.score)}`]),
  ]
  const noun = key.kind === 'candle' ? 'candles' : 'rows'
  const when = span === null ? 'none' : period(span.firstMs, span.lastMs)
  const head = `${nameOfSeries(judgement).padEnd(22)} ${integer(rows).padStart(9)} ${noun}, ${when}: ${notes.join(', ')}`
  const costly = new Set(
    months.flatMap(month => month.reasons.filter(r => r.points >= TOLD_POINTS).map(r => `${month.period} ${r.check}`)),
  )
  const told = rankFindings(judgement).filter(
    ({ finding: { severity, range, check }, action }) =>
      severity === 'error' ||
      (action !== 'repaired' && costly.has(`${new Date(range.fromMs).toISOString().slice(0, 7)} ${check}`)),
  )
  return [
    head,
    ...told.slice(0, TOLD).map(({ finding, action }) => `  ${action.padEnd(8)}  ${finding.check}: ${finding.text}`),
    ...(told.length > TOLD ? [`  … and ${integer(told.length - TOLD)} more of this weight`] : []),
  ]
}

/** All series in one line. */
export function describeTotal(judged: readonly JudgedSeries[]): string {
  const sum = (of: (series: JudgedSeries) => number): number => judged.reduce((total, series) => total + of(series), 0)
  const refused = judged.filter(({ judgement }) => judgement.rejected.length > 0).map(j => nameOfSeries(j.judgement))
  const rows = integer(sum(({ judgement }) => judgement.rows))
  const findings = plural(
    sum(({ judgement }) => judgement.findings.length),
    'finding',
  )
  const verdict = refused.length === 0 ? 'nothing rejected' : `rejected: ${list(refused)}`
  return `${plural(judged.length, 'series', 'series')}, ${rows} rows, ${findings}; ${verdict}`
}

const plural = (count: number, one: string, many = `${one}s`): string => `${integer(count)} ${count === 1 ? one : many}`
