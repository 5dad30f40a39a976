import { DAY_MS } from '../../units.ts'
import type { TimeRange } from '../time-ranges.ts'

/** What took points off a period's score. */
export interface ScoreReason<Check extends string = string> {
  readonly check: Check
  /** Rows of the period concerned; for a gap, those missing. */
  readonly rows: number
  readonly points: number
}

/** How good the rows of a period are. */
export interface PeriodScore<Check extends string = string> {
  /** `2024-02` for a month, `2024-02-29` for a day; UTC. */
  readonly period: string
  readonly startMs: number
  /** 0 … 100; 100 where nothing was found. */
  readonly score: number
  /** Rows that belong into the period, between the first and the last of the series. */
  readonly expected: number
  /** Of them, those that are there. */
  readonly present: number
  /** Most points first; the points are what is missing from 100. */
  readonly reasons: readonly ScoreReason<Check>[]
}

interface ScoredFinding<Check extends string> {
  readonly check: Check
  readonly range: TimeRange
  readonly rows: number
}

export interface ScorePeriodsOptions<Check extends string> {
  /** Of the rows that count, each row once. */
  readonly timesMs: Iterable<number>
  readonly findings: readonly ScoredFinding<Check>[]
  /** Points that each hundredth of a period's rows takes off when it has this defect; `Infinity` takes all. */
  readonly weights: Readonly<Record<Check, number>>
  readonly by: 'month' | 'day'
}

/**
 * Scores each UTC month or day of a series, from its first to its last row:
 *
 *     score = max(0, 100 − Σ over checks of min(most, 100 · weight · rows / expected))
 *
 * where `expected` is what is there and what gaps lack, and `most` 10 where nothing is lost by it and else 100. Where the sum is over 100, each reason's points are scaled, so
 * that they always add up to 100 − score.
 */
export function scorePeriods<Check extends string>(o: ScorePeriodsOptions<Check>): PeriodScore<Check>[] {
  const { weights } = o
  const calendar = CALENDARS[o.by]
  const byDay = countByDay(o.timesMs)
  if (byDay.size === 0) return []
  const days = [...byDay.keys()].sort((a, b) => a - b)
  const series = { fromMs: days[0], toMs: days[days.length - 1] + DAY_MS }
  const present = new Map<number, number>()
  for (const [dayMs, rows] of byDay) {
    const startMs = calendar.start(dayMs)
    present.set(startMs, (present.get(startMs) ?? 0) + rows)
  }
  const rowsByPeriod = spread(o.findings, series, calendar)

  const scores: PeriodScore<Check>[] = []
  for (let startMs = calendar.start(series.fromMs); startMs < series.toMs; startMs = calendar.start(startMs, 1)) {
    const rowsByCheck = rowsByPeriod.get(startMs) ?? new Map<Check, number>()
    const missing = rowsByCheck.get('gap' as Check) ?? 0
    const there = present.get(startMs) ?? 0
    const expected = Math.max(1, Math.round(there + missing))
    const found = [...rowsByCheck].map(([check, rows]) => ({
      check,
      rows: Math.round(rows),
      points: Math.min(LOSSLESS.has(check) ? MOST_LOSSLESS_POINTS : 100, (100 * weights[check] * rows) / expected),
    }))
    const total = found.reduce((sum, reason) => sum + reason.points, 0)
    const scale = total > 100 ? 100 / total : 1
    scores.push({
      period: new Date(startMs).toISOString().slice(0, calendar.nameLength),
      startMs,
      score: Math.max(0, 100 - total),
      expected,
      present: there,
      reasons: found.map(reason => ({ ...reason, points: reason.points * scale })).sort((a, b) => b.points - a.points),
    })
  }
  return scores
}

/** Mended without loss, however many rows: a file that merely descends is worth nearly as much as one that ascends. */
const LOSSLESS: ReadonlySet<string> = new Set(['timeOrder', 'duplicateTime'])
const MOST_LOSSLESS_POINTS = 10

interface Calendar {
  readonly nameLength: number
  /** Start of the period that a time lies in, or of the one `later` periods after it. */
  start(timeMs: number, later?: number): number
}

const CALENDARS: Readonly<Record<'month' | 'day', Calendar>> = {
  month: {
    nameLength: '2024-02'.length,
    start: (timeMs, later = 0) => {
      const date = new Date(timeMs)
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later)
    },
  },
  day: {
    nameLength: '2024-02-29'.length,
    start: (timeMs, later = 0) => (Math.floor(timeMs / DAY_MS) + later) * DAY_MS,
  },
}

function countByDay(timesMs: Iterable<number>): Map<number, number> {
  const rows = new Map<number, number>()
  for (const timeMs of timesMs) {
    const dayMs = CALENDARS.day.start(timeMs)
    rows.set(dayMs, (rows.get(dayMs) ?? 0) + 1)
  }
  return rows
}

/** Rows of the findings by the periods that they lie in, those of a stretch evenly over its time. */
function spread<Check extends string>(
  findings: readonly ScoredFinding<Check>[],
  series: TimeRange,
  calendar: Calendar,
): Map<number, Map<Check, number>> {
  const byPeriod = new Map<number, Map<Check, number>>()
  for (const { check, range, rows } of findings) {
    const lengthMs = range.toMs - range.fromMs
    const endMs = Math.min(range.toMs, series.toMs)
    let fromMs = Math.max(range.fromMs, series.fromMs)
    while (fromMs < endMs) {
      const startMs = calendar.start(fromMs)
      const toMs = Math.min(calendar.start(startMs, 1), endMs)
      const period = byPeriod.get(startMs) ?? new Map<Check, number>()
      period.set(check, (period.get(check) ?? 0) + (rows * (toMs - fromMs)) / lengthMs)
      byPeriod.set(startMs, period)
      fromMs = toMs
    }
  }
  return byPeriod
}
