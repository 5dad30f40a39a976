import type { Judgement } from './judge-series.ts'
import type { SeriesFinding } from './series-finding.ts'

/** A judgement and where its rows lie: a file or a store. */
export interface JudgedSeries {
  readonly where: string
  readonly judgement: Judgement
}

/** A finding with what was done about it. */
export interface ActedFinding {
  readonly finding: SeriesFinding
  readonly action: Judgement['actions'][number]
}

/** Robust deviations of a return … */
const GLARING_Z = 50
/** … or times that a price moved in one candle, so far that it is a bad tick, another unit or history: at most 3 in a real file. */
const GLARING_RATIO = 3

/** An outlier of price that must be looked at, however little of a month it is. */
export function isGlaring({ check, details }: SeriesFinding): boolean {
  if (check !== 'priceOutlier') return false
  const { z, logReturn } = details as { readonly z: number; readonly logReturn: number }
  return z >= GLARING_Z || Math.abs(logReturn) >= Math.log(GLARING_RATIO)
}

/** Most important first: what is refused, then errors, then glaring outliers, then by the points that it cost. */
export function rankFindings({ findings, actions, months }: Judgement): ActedFinding[] {
  const acted = findings.map((finding, i) => ({ finding, action: actions[i], cost: costOf(finding, months) }))
  const rank = ({ finding, action }: ActedFinding): number =>
    (action === 'rejected' ? 4 : 0) + (finding.severity === 'error' ? 2 : 0) + (isGlaring(finding) ? 1 : 0)
  return acted
    .sort((a, b) => rank(b) - rank(a) || b.cost - a.cost || a.finding.range.fromMs - b.finding.range.fromMs)
    .map(({ finding, action }) => ({ finding, action }))
}

/** Points that its check cost the month in which it begins, by its share of the rows. */
function costOf({ check, range, rows }: SeriesFinding, months: Judgement['months']): number {
  const month = months.findLast(({ startMs }) => startMs <= range.fromMs)
  const reason = month?.reasons.find(other => other.check === check)
  return reason === undefined ? 0 : (reason.points * Math.min(rows, reason.rows)) / Math.max(1, reason.rows)
}

/** `BTC/USDT 1h`, `BTC/USDT:USDT funding` */
export const nameOfSeries = ({ key }: Pick<Judgement, 'key'>): string =>
  `${key.symbol} ${key.kind === 'candle' ? key.timeframe : [key.kind, key.timeframe].filter(Boolean).join(' ')}`

/** Lowest score; null where there are no rows. */
export const worstMonth = ({ months }: Judgement): Judgement['months'][number] | null =>
  months.length === 0 ? null : months.reduce((worst, month) => (month.score < worst.score ? month : worst))
