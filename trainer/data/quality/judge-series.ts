import { assessCandles } from '../../../sdk/candle/quality/assess-candles.ts'
import type { Finding } from '../../../sdk/candle/quality/finding.ts'
import { type FindingAction, repairCandles } from '../../../sdk/candle/quality/repair-candles.ts'
import { CANDLE_WEIGHTS, scoreDays, scoreMonths } from '../../../sdk/candle/quality/score-candles.ts'
import { type PeriodScore, scorePeriods } from '../../../sdk/candle/quality/score-periods.ts'
import { toCandles, toTable } from '../candle-table.ts'
import { KINDS, type Table } from '../kind.ts'
import type { Repairs, SeriesKey } from '../market-store.ts'
import { selectRows } from '../store/page-rows.ts'
import { assessTable } from './assess-table.ts'
import { problemOf } from './prepared-table.ts'
import {
  DEFAULT_MAX_GAP_CANDLES,
  DEFAULT_SERIES_POLICY,
  type SeriesCheck,
  type SeriesFinding,
  type SeriesPolicy,
} from './series-finding.ts'
import { contradictedRows } from './table-row-checks.ts'

export interface JudgeOptions {
  /** Default: `DEFAULT_SERIES_POLICY`. */
  readonly policy?: SeriesPolicy
  /** Candles of longer gaps are not made up; default `DEFAULT_MAX_GAP_CANDLES`. */
  readonly maxGapCandles?: number
  /** See `assessCandles`. */
  readonly nowMs?: number
  /** Found, and repaired, in the files that brought these rows, which do not show it any more. */
  readonly found?: readonly SeriesFinding[]
}

/** What was found in a series and what is done about it. */
export interface Judgement {
  readonly key: SeriesKey
  readonly rows: number
  /** Of the first and last row that count; null where there is none. */
  readonly span: { readonly firstMs: number; readonly lastMs: number } | null
  readonly findings: readonly SeriesFinding[]
  /** Per finding. */
  readonly actions: readonly FindingAction[]
  /** Findings that the policy refuses. */
  readonly rejected: readonly SeriesFinding[]
  /** For `MarketStore.writeRepairs`. */
  readonly repairs: Repairs
  readonly months: readonly PeriodScore[]
  readonly days: readonly PeriodScore[]
}

/** Judges rows of any kind, as they came or as a store has them. Nothing is thrown, see `acceptSeries`. */
export function judgeSeries(key: SeriesKey, table: Table, o: JudgeOptions = {}): Judgement {
  return key.kind === 'candle' ? judgeCandles(key, table, o) : judgeTable(key, table, o)
}

function judgeCandles(key: SeriesKey, table: Table, o: JudgeOptions): Judgement {
  const { policy = DEFAULT_SERIES_POLICY, maxGapCandles = DEFAULT_MAX_GAP_CANDLES, nowMs, found = [] } = o
  const { symbol } = key
  const timeframe = key.timeframe as NonNullable<typeof key.timeframe>
  const candles = toCandles(table)
  const findings = assessCandles(candles, { symbol, timeframe, ...(nowMs === undefined ? {} : { nowMs }) })
  const repaired = repairCandles(candles, findings, { policy, timeframe, maxGapCandles })
  const { rows } = repaired.repairs
  const all = [...(found as readonly Finding[]), ...findings]
  return {
    key,
    rows: candles.length,
    span: spanOf(table.columns.openTimeMs as Float64Array),
    findings: all,
    actions: [...found.map(() => 'repaired' as const), ...repaired.actions],
    rejected: repaired.rejected,
    repairs: {
      rows: toTable(rows.map(row => row.candle)),
      reasons: rows.map(row => row.reason),
      dropped: droppedTimes(
        candles.map(candle => candle.openTimeMs),
        new Set(repaired.candles.map(candle => candle.openTimeMs)),
        new Map(repaired.repairs.dropped.map(({ openTimeMs, reason }) => [openTimeMs, reason])),
      ),
    },
    months: scoreMonths(candles, all),
    days: scoreDays(candles, all),
  }
}

/** Times that no row has any more. A doubled one still has. */
function droppedTimes(
  before: readonly number[],
  after: ReadonlySet<number>,
  reasons: ReadonlyMap<number, SeriesCheck>,
): { timeMs: number; reason: string }[] {
  const gone = new Set(before.filter(timeMs => Number.isFinite(timeMs) && !after.has(timeMs)))
  // what was not dropped was moved
  return [...gone].map(timeMs => ({ timeMs, reason: reasons.get(timeMs) ?? 'closeStamped' }))
}

/** As of candles: 4 for rows that are lost, 2 for those that say nothing, 1 where nothing was lost, ½ for the unlikely. */
export const QUALITY_WEIGHTS: Readonly<Record<SeriesCheck, number>> = {
  ...CANDLE_WEIGHTS,
  outOfRange: 4,
  crossedBook: 4,
  inconsistentBook: 4,
  constantRun: 2,
  valueOutlier: 0.5,
}

/** Rows of these are left out where the policy is `repair`. */
const DROPPED: readonly SeriesCheck[] = ['missingValue', 'outOfRange', 'crossedBook']

/** What a store mends by itself: it sorts, and keeps the last of a doubled row. */
const MENDED_BY_STORE: readonly SeriesCheck[] = ['timeOrder', 'conflictingTime', 'duplicateTime']

function judgeTable(key: SeriesKey, table: Table, o: JudgeOptions): Judgement {
  const { policy = DEFAULT_SERIES_POLICY, found = [] } = o
  const { findings, prepared } = assessTable(key, table, o.nowMs)
  // a time tells rows apart only where no id does
  const canDrop = KINDS[key.kind].key.length === 1
  const dropped = new Map<number, string>()
  for (const row of canDrop ? prepared.order : []) {
    const problem = problemOf(prepared, row)
    if (problem !== null && policy[problem] === 'repair') dropped.set(prepared.timesMs[row], problem)
  }
  for (const row of prepared.used) dropped.delete(prepared.timesMs[row])
  const contradicted = policy.conflictingTime === 'repair' ? contradictedRows(prepared) : []
  const isMended = (check: SeriesCheck): boolean =>
    MENDED_BY_STORE.includes(check) || (canDrop && DROPPED.includes(check))
  const timesMs = Float64Array.from(prepared.used, row => prepared.timesMs[row])
  const all = [...found, ...findings]
  const scored = { timesMs, findings: all, weights: QUALITY_WEIGHTS }
  return {
    key,
    rows: table.length,
    span: spanOf(timesMs),
    findings: all,
    actions: [
      ...found.map(() => 'repaired' as const),
      ...findings.map(({ check }) =>
        policy[check] === 'reject' ? 'rejected' : policy[check] === 'repair' && isMended(check) ? 'repaired' : 'noted',
      ),
    ],
    rejected: findings.filter(({ check }) => policy[check] === 'reject'),
    repairs: {
      rows: selectRows(table, contradicted),
      reasons: contradicted.map(() => 'conflictingTime'),
      dropped: [...dropped].map(([timeMs, reason]) => ({ timeMs, reason })),
    },
    months: scorePeriods({ ...scored, by: 'month' }),
    days: scorePeriods({ ...scored, by: 'day' }),
  }
}

function spanOf(timesMs: Float64Array): Judgement['span'] {
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const timeMs of timesMs) {
    if (!Number.isFinite(timeMs)) continue
    firstMs = Math.min(firstMs, timeMs)
    lastMs = Math.max(lastMs, timeMs)
  }
  return firstMs <= lastMs ? { firstMs, lastMs } : null
}
