import type { Timeframe } from '../../units.ts'
import { timeframeMs } from '../../units.ts'
import type { Candle } from '../candle.ts'
import { type FilledGap, fillShortGaps } from '../fill-short-gaps.ts'
import { isTime, orderByTime, placeTimes, toColumns } from './columns.ts'
import type { CandleCheck, Finding, QualityPolicy } from './finding.ts'
import { rowDefectOf } from './row-checks.ts'

export interface RepairCandlesOptions {
  readonly policy: QualityPolicy
  readonly timeframe: Timeframe
  /** Longer gaps stay: made-up hours would teach a model a market that was not there. */
  readonly maxGapCandles: number
}

/** A candle that was changed or added, and the check that had it done. */
export interface RepairedCandle {
  readonly candle: Candle
  readonly reason: CandleCheck
}

/** A candle that was left out, and the check that had it done. */
export interface DroppedCandle {
  /** As it came; NaN where it came without one. */
  readonly openTimeMs: number
  readonly reason: CandleCheck
}

/** What was done about a finding. */
export type FindingAction = 'rejected' | 'repaired' | 'noted'

export interface RepairedCandles {
  /** To be used where nothing was rejected. */
  readonly candles: Candle[]
  readonly repairs: { readonly rows: RepairedCandle[]; readonly dropped: DroppedCandle[] }
  /** Findings whose policy is `reject`. */
  readonly rejected: Finding[]
  /** Per finding, in their order. */
  readonly actions: FindingAction[]
}

/** Of these the whole row is left out: which of its values is false cannot be told. */
const DROPPED_ROWS: readonly CandleCheck[] = ['missingValue', 'nonPositivePrice', 'negativeVolume']

/** What can be mended; the others are noted where the policy says `repair`. */
const MENDED: readonly CandleCheck[] = [
  ...DROPPED_ROWS,
  'ohlcOrder',
  'timeOrder',
  'conflictingTime',
  'duplicateTime',
  'inProgress',
  'closeStamped',
  'assetChange',
]

interface Row {
  readonly candle: Candle
  /** Why it is not as it came, or is to be dropped; null where neither is so. */
  readonly reason: CandleCheck | null
}

/**
 * Mends what the policy wants mended:
 * - rows with missing or impossible values are dropped, and candles in progress;
 * - rows are sorted; of rows with the same time the last that came stays, as exchanges revise what they sent;
 * - rows before an asset change are dropped, as they belong to another asset;
 * - high and low are widened to hold open and close;
 * - gaps of at most `maxGapCandles` are filled flat (`fillShortGaps`), those that dropped rows left included, unless more
 *   candles would be made up than there are;
 * - times of the close become times of the open.
 *
 * Nothing else can be mended without guessing; it is noted. Repairing again changes nothing, and of a check that was
 * mended nothing is found in the result.
 *
 * @param findings What `assessCandles` found in these candles.
 */
export function repairCandles(
  candles: readonly Candle[],
  findings: readonly Finding[],
  o: RepairCandlesOptions,
): RepairedCandles {
  const wanted = new Set(findings.map(f => f.check).filter(check => o.policy[check] === 'repair'))
  const dropped: DroppedCandle[] = []
  const drop = (rows: readonly Row[], isDropped: (row: Row, i: number) => CandleCheck | null): Row[] =>
    rows.filter((row, i) => {
      const reason = isDropped(row, i)
      if (reason !== null) dropped.push({ openTimeMs: timeOf(row.candle), reason })
      return reason === null
    })

  let rows = drop(markImpossible(candles, wanted), row => row.reason)
  if (wanted.has('inProgress')) {
    const fromMs = Math.min(...findings.filter(f => f.check === 'inProgress').map(f => f.range.fromMs))
    rows = drop(rows, row => (row.candle.openTimeMs >= fromMs ? 'inProgress' : null))
  }
  if (wanted.has('timeOrder')) rows = sortRows(rows, o.timeframe)
  if (wanted.has('duplicateTime') || wanted.has('conflictingTime')) {
    const last = new Map(rows.map((row, i) => [row.candle.openTimeMs, i]))
    const conflicting = conflictingTimes(rows)
    const checkOf = ({ candle: { openTimeMs } }: Row): CandleCheck =>
      conflicting.has(openTimeMs) ? 'conflictingTime' : 'duplicateTime'
    const isExtra = ({ candle: { openTimeMs } }: Row, i: number): boolean =>
      isTime(openTimeMs) && last.get(openTimeMs) !== i
    const isMended = (row: Row): boolean => wanted.has(checkOf(row))
    rows = drop(rows, (row, i) => (isExtra(row, i) && isMended(row) ? checkOf(row) : null)).map(row =>
      isMended(row) && checkOf(row) === 'conflictingTime' ? { ...row, reason: 'conflictingTime' } : row,
    )
  }
  if (wanted.has('assetChange')) {
    const fromMs = Math.max(...findings.filter(f => f.check === 'assetChange').map(f => f.range.fromMs))
    rows = drop(rows, row => (row.candle.openTimeMs < fromMs ? 'assetChange' : null))
  }
  if (wanted.has('ohlcOrder')) rows = rows.map(widen)
  const filled: FilledGap[] = []
  if (o.policy.gap === 'repair') rows = fill(rows, dropped, filled, o)
  const firstMs = rows[0]?.candle.openTimeMs ?? Number.POSITIVE_INFINITY
  if (wanted.has('closeStamped')) rows = rows.map(row => shift(row, timeframeMs(o.timeframe)))

  const actionOf = (finding: Finding): FindingAction => {
    const { check, range } = finding
    if (o.policy[check] === 'reject') return 'rejected'
    if (check === 'gap' && o.policy.gap === 'repair') {
      const isGone = range.toMs <= firstMs || filled.some(gap => gap.fromMs <= range.fromMs && gap.toMs >= range.fromMs)
      return isGone ? 'repaired' : 'noted'
    }
    return wanted.has(check) && MENDED.includes(check) ? 'repaired' : 'noted'
  }
  return {
    candles: rows.map(row => row.candle),
    repairs: {
      rows: rows.flatMap(({ candle, reason }) => (reason === null ? [] : [{ candle, reason }])),
      dropped,
    },
    rejected: findings.filter(f => o.policy[f.check] === 'reject'),
    actions: findings.map(actionOf),
  }
}

const timeOf = (candle: Candle | null): number => (isTime(candle?.openTimeMs) ? candle.openTimeMs : Number.NaN)

/** Rows with what has them dropped, if anything has. What is no candle at all never stays. */
function markImpossible(candles: readonly Candle[], wanted: ReadonlySet<CandleCheck>): Row[] {
  const columns = toColumns(candles)
  return candles.map((candle, row) => {
    const defect = rowDefectOf(columns, row)
    const isDropped = defect !== null && DROPPED_ROWS.includes(defect) && (wanted.has(defect) || candle === null)
    return { candle, reason: isDropped ? defect : null }
  })
}

function sortRows(rows: readonly Row[], timeframe: Timeframe): Row[] {
  const timesMs = placeTimes(toColumns(rows.map(row => row.candle)), timeframeMs(timeframe))
  return orderByTime(timesMs).map(i => rows[i])
}

const VALUES = ['open', 'high', 'low', 'close', 'volume'] as const

/** Times whose rows contradict each other. */
function conflictingTimes(rows: readonly Row[]): Set<number> {
  const first = new Map<number, Candle>()
  const conflicting = new Set<number>()
  for (const { candle } of rows) {
    const other = first.get(candle.openTimeMs)
    if (other === undefined) first.set(candle.openTimeMs, candle)
    else if (VALUES.some(field => !Object.is(candle[field], other[field]))) conflicting.add(candle.openTimeMs)
  }
  return conflicting
}

function widen(row: Row): Row {
  const { open, high, low, close } = row.candle
  const widened = { high: Math.max(open, high, low, close), low: Math.min(open, high, low, close) }
  if (widened.high === high && widened.low === low) return row
  return { candle: { ...row.candle, ...widened }, reason: 'ohlcOrder' }
}

/** Fills what ascends; what does not was left so by the policy, and has no gaps that could be filled. */
function fill(
  rows: readonly Row[],
  dropped: readonly DroppedCandle[],
  filled: FilledGap[],
  o: RepairCandlesOptions,
): Row[] {
  const before = rows.map(row => row.candle)
  if (before.some((candle, i) => i > 0 && !(candle.openTimeMs > before[i - 1].openTimeMs))) return [...rows]
  const result = fillShortGaps(before, o)
  if (result.candles.length > 2 * before.length) return [...rows]
  filled.push(...result.filled)
  const reasons = new Map(dropped.map(({ openTimeMs, reason }) => [openTimeMs, reason]))
  const known = new Map(rows.map(row => [row.candle, row]))
  return result.candles.map(candle => known.get(candle) ?? { candle, reason: reasons.get(candle.openTimeMs) ?? 'gap' })
}

const shift = ({ candle, reason }: Row, stepMs: number): Row => ({
  candle: { ...candle, openTimeMs: candle.openTimeMs - stepMs },
  reason: reason ?? 'closeStamped',
})
