import { formatTimeMs } from '../../units.ts'
import type { TimeRange } from '../time-ranges.ts'
import type { CandleCheck, Finding, Severity } from './finding.ts'

/** `error` for what cannot be true or would teach a model something false, see finding.ts. */
const SEVERITIES: Readonly<Record<CandleCheck, Severity>> = {
  missingValue: 'error',
  nonPositivePrice: 'error',
  negativeVolume: 'error',
  ohlcOrder: 'error',
  misalignedTime: 'error',
  wrongTimeframe: 'error',
  timeOrder: 'error',
  conflictingTime: 'error',
  duplicateTime: 'warning',
  inProgress: 'error',
  closeStamped: 'error',
  assetChange: 'error',
  gap: 'warning',
  zeroVolume: 'warning',
  stalePrice: 'warning',
  priceOutlier: 'warning',
  rangeOutlier: 'warning',
  volumeOutlier: 'warning',
}

/** Whose candles are judged; part of every finding's details. */
interface Subject {
  readonly symbol: string
  readonly timeframe: string
}

export function makeFinding(
  check: CandleCheck,
  { symbol, timeframe }: Subject,
  o: {
    readonly range: TimeRange
    readonly rows: number
    readonly text: string
    readonly details?: Record<string, unknown>
  },
): Finding {
  return {
    check,
    severity: SEVERITIES[check],
    range: o.range,
    rows: o.rows,
    text: o.text,
    details: { symbol, timeframe, ...o.details },
  }
}

/** Neighbouring rows with the same defect. */
export interface Stretch {
  readonly range: TimeRange
  /** Row numbers, by time. */
  readonly rows: readonly number[]
}

/** Puts rows together that are at most one candle apart. `rows` are by time. */
export function joinNeighbours(rows: readonly number[], timesMs: Float64Array, stepMs: number): Stretch[] {
  const stretches: number[][] = []
  for (const row of rows) {
    const last = stretches.at(-1)
    const before = last?.at(-1)
    if (last !== undefined && before !== undefined && timesMs[row] - timesMs[before] <= stepMs) last.push(row)
    else stretches.push([row])
  }
  return stretches.map(members => ({
    range: { fromMs: timesMs[members[0]], toMs: timesMs[members[members.length - 1]] + stepMs },
    rows: members,
  }))
}

/** `2021-02-11T03:00:00Z`, or `4 candles from … to …` where there are several. */
export function whichCandles({ fromMs, toMs }: TimeRange, rows: number, stepMs: number): string {
  return rows === 1
    ? formatTimeMs(fromMs)
    : `${rows.toLocaleString('en-US')} candles from ${formatTimeMs(fromMs)} to ${formatTimeMs(toMs - stepMs)}`
}
