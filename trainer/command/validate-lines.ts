import { formatTimeMs } from '../../sdk/units.ts'
import { remedyOf } from '../data/quality/accept-series.ts'
import type { Judgement } from '../data/quality/judge-series.ts'
import {
  type ActedFinding,
  isGlaring,
  type JudgedSeries,
  nameOfSeries,
  rankFindings,
  worstMonth,
} from '../data/quality/judged-series.ts'
import { integer, list, period } from '../report/format.ts'

/** Findings told per series, beside glaring outliers; the others are in the report and in the store's log. */
const TOLD = 3
/** With those, of a file that is nothing but outliers. */
const TOLD_GLARING = 10

/** Errors are told, and glaring outliers, and what was not mended and costs a month at least this many points. */
const TOLD_POINTS = 1

/** A line on a series, and below it what is most important about it. */
export function describeJudgement({ judgement }: JudgedSeries): string[] {
  const { rows, span, key, rejected } = judgement
  const noun = key.kind === 'candle' ? 'candles' : 'rows'
  const when = span === null ? 'none' : period(span.firstMs, span.lastMs)
  const name = `${key.exchange.padEnd(9)} ${nameOfSeries(judgement).padEnd(22)}`
  const told = toldFindings(judgement)
  const shown = told.filter(({ finding }, i) => i < TOLD || (i < TOLD_GLARING && isGlaring(finding)))
  return [
    `${name} ${integer(rows).padStart(9)} ${noun}, ${when}: ${notesOn(judgement).join(', ')}`,
    ...shown.map(({ finding, action }) => `  ${action.padEnd(8)}  ${finding.check}: ${finding.text}`),
    ...(told.length > shown.length ? [`  … and ${integer(told.length - shown.length)} more of this weight`] : []),
    ...(rejected.length > 0 ? [`  → ${remedyOf([...new Set(rejected.map(({ check }) => check))])}`] : []),
  ]
}

function notesOn(judgement: Judgement): string[] {
  const { findings, actions, rejected } = judgement
  const bySeverity = (severity: string): number => findings.filter(finding => finding.severity === severity).length
  const worst = worstMonth(judgement)
  if (findings.length === 0) return ['nothing found']
  return [
    plural(bySeverity('error'), 'error'),
    plural(bySeverity('warning'), 'warning'),
    `${integer(actions.filter(action => action === 'repaired').length)} repaired`,
    ...(rejected.length > 0 ? [`${integer(rejected.length)} REJECTED`] : []),
    ...(worst === null || worst.score === 100 ? [] : [`worst month ${worst.period}: ${Math.floor(worst.score)}`]),
  ]
}

function toldFindings(judgement: Judgement): ActedFinding[] {
  const costly = new Set(
    judgement.months.flatMap(month =>
      month.reasons.filter(reason => reason.points >= TOLD_POINTS).map(reason => `${month.period} ${reason.check}`),
    ),
  )
  return rankFindings(judgement).filter(({ finding, action }) => {
    const { severity, range, check } = finding
    const month = formatTimeMs(range.fromMs).slice(0, 7)
    return severity === 'error' || isGlaring(finding) || (action !== 'repaired' && costly.has(`${month} ${check}`))
  })
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
