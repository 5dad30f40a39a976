import { DAY_MS, type Timeframe, timeframeMs } from '../../units.ts'
import type { Candle } from '../candle.ts'
import type { TimeRange } from '../time-ranges.ts'
import { isTime } from './columns.ts'
import type { CandleCheck, Finding } from './finding.ts'

/** What took points off a period's score. */
export interface ScoreReason {
  readonly check: CandleCheck
  /** Rows of the period concerned; for a gap, those missing. */
  readonly rows: number
  readonly points: number
}

/** How good the candles of a period are. */
export interface PeriodScore {
  /** `2024-02` for a month, `2024-02-29` for a day; UTC. */
  readonly period: string
  readonly startMs: number
  /** 0 … 100; 100 where nothing was found. */
  readonly score: number
  /** Candles that belong into the period, between the first and the last of the series. */
  readonly expected: number
  /** Of them, those that are there. */
  readonly present: number
  /** Most points first; the points are what is missing from 100. */
  readonly reasons: readonly ScoreReason[]
}

/**
 * Points that each hundredth of a period's candles takes off when it has this defect. 4: lost for training, so that a
 * period with a quarter of its candles lost scores 0. 2: there, but says nothing. 1: mended without loss. ½: unlikely,
 * mostly true.
 */
const WEIGHTS: Readonly<Record<CandleCheck, number>> = {
  missingValue: 4,
  nonPositivePrice: 4,
  negativeVolume: 4,
  ohlcOrder: 4,
  misalignedTime: 4,
  gap: 4,
  zeroVolume: 2,
  stalePrice: 2,
  timeOrder: 1,
  duplicateTime: 1,
  inProgress: 1,
  // concerns every row: the whole series scores 0
  closeStamped: 1,
  priceOutlier: 0.5,
  rangeOutlier: 0.5,
  volumeOutlier: 0.5,
  // see `pointsOf`
  assetChange: 0,
}

/** A period that holds two assets is worth nothing, however few its rows. */
const pointsOf = (check: CandleCheck, rows: number, expected: number): number =>
  check === 'assetChange' ? 100 : Math.min(100, (100 * WEIGHTS[check] * rows) / expected)

/**
 * Scores each UTC month of a series, from its first to its last candle:
 *
 *     score = max(0, 100 − Σ over checks of min(100, 100 · weight · rows / expected))
 *
 * with weight 4 for rows that are lost, 2 for rows that say nothing, 1 for what is mended without loss, ½ for outliers; an
 * asset change takes all. Where the sum is over 100, each reason's points are scaled, so that they always add up to
 * 100 − score.
 *
 * @param findings What `assessCandles` found in these candles.
 */
export function scoreMonths(
  candles: readonly Candle[],
  findings: readonly Finding[],
  timeframe: Timeframe,
): PeriodScore[] {
  return scorePeriods(candles, findings, timeframe, monthStart)
}

/** As `scoreMonths`, by UTC day. */
export function scoreDays(
  candles: readonly Candle[],
  findings: readonly Finding[],
  timeframe: Timeframe,
): PeriodScore[] {
  return scorePeriods(candles, findings, timeframe, dayStart)
}

interface Calendar {
  readonly nameLength: number
  /** Start of the period that a time lies in, and of the one `later` periods after it. */
  start(timeMs: number, later?: number): number
}

const dayStart: Calendar = {
  nameLength: '2024-02-29'.length,
  start: (timeMs, later = 0) => (Math.floor(timeMs / DAY_MS) + later) * DAY_MS,
}

const monthStart: Calendar = {
  nameLength: '2024-02'.length,
  start: (timeMs, later = 0) => {
    const date = new Date(timeMs)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later)
  },
}

function scorePeriods(
  candles: readonly Candle[],
  findings: readonly Finding[],
  timeframe: Timeframe,
  calendar: Calendar,
): PeriodScore[] {
  const stepMs = timeframeMs(timeframe)
  // a candle of tomorrow must not make the days until then look empty
  const futureMs = Math.min(...findings.filter(f => f.check === 'inProgress').map(f => f.range.fromMs))
  const timesMs = new Set<number>()
  for (const candle of candles) {
    const timeMs = (candle as Candle | null)?.openTimeMs
    if (isTime(timeMs) && !(timeMs >= futureMs)) timesMs.add(timeMs)
  }
  if (timesMs.size === 0) return []
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const timeMs of timesMs) {
    firstMs = Math.min(firstMs, timeMs)
    lastMs = Math.max(lastMs, timeMs)
  }
  const present = new Map<number, number>()
  for (const timeMs of timesMs) {
    const startMs = calendar.start(timeMs)
    present.set(startMs, (present.get(startMs) ?? 0) + 1)
  }
  const rowsByPeriod = spread(findings, { fromMs: firstMs, toMs: lastMs + stepMs }, calendar)

  const scores: PeriodScore[] = []
  for (let startMs = calendar.start(firstMs); startMs <= lastMs; startMs = calendar.start(startMs, 1)) {
    const from = Math.max(startMs, firstMs)
    const to = Math.min(calendar.start(startMs, 1), lastMs + stepMs)
    const expected = Math.max(1, Math.ceil(to / stepMs) - Math.ceil(from / stepMs))
    const found = [...(rowsByPeriod.get(startMs) ?? [])].map(([check, rows]) => ({
      check,
      rows,
      points: pointsOf(check, rows, expected),
    }))
    const total = found.reduce((sum, reason) => sum + reason.points, 0)
    const scale = Math.min(1, 100 / Math.max(total, 1e-9))
    scores.push({
      period: new Date(startMs).toISOString().slice(0, calendar.nameLength),
      startMs,
      score: Math.max(0, 100 - total),
      expected,
      present: present.get(startMs) ?? 0,
      reasons: found.map(reason => ({ ...reason, points: reason.points * scale })).sort((a, b) => b.points - a.points),
    })
  }
  return scores
}

/** Rows of the findings by the periods that they lie in, those of a stretch evenly over its time. */
function spread(
  findings: readonly Finding[],
  series: TimeRange,
  calendar: Calendar,
): Map<number, Map<CandleCheck, number>> {
  const byPeriod = new Map<number, Map<CandleCheck, number>>()
  for (const { check, range, rows } of findings) {
    const lengthMs = range.toMs - range.fromMs
    const endMs = Math.min(range.toMs, series.toMs)
    let fromMs = Math.max(range.fromMs, series.fromMs)
    while (fromMs < endMs) {
      const startMs = calendar.start(fromMs)
      const toMs = Math.min(calendar.start(startMs, 1), endMs)
      const period = byPeriod.get(startMs) ?? new Map<CandleCheck, number>()
      period.set(check, (period.get(check) ?? 0) + (rows * (toMs - fromMs)) / lengthMs)
      byPeriod.set(startMs, period)
      fromMs = toMs
    }
  }
  return byPeriod
}
