import { formatTimeMs } from '../../units.ts'
import { isTime, VALUE_FIELDS } from './columns.ts'
import type { Finding } from './finding.ts'
import { longestAscent } from './longest-ascent.ts'
import { joinNeighbours, makeFinding, whichCandles } from './make-finding.ts'
import { isMisaligned, type PreparedCandles } from './prepared-candles.ts'

/** Before 1973 in ms, and any year until 5138 in seconds: no exchange is that old. */
const SECONDS_BELOW = 1e11

/** Opening times that are no multiple of the timeframe (UTC). No threshold: an exchange's candles open on the grid. */
export function findMisalignedTimes(candles: PreparedCandles): Finding[] {
  const { columns, order, timesMs, stepMs, timeframe } = candles
  const rows = order.filter(row => isTime(columns.openTimeMs[row]) && isMisaligned(timesMs[row], stepMs))
  return joinNeighbours(rows, timesMs, stepMs).map(({ range, rows: members }) => {
    const first = timesMs[members[0]]
    const guess = first > 0 && first < SECONDS_BELOW ? '; is it in seconds?' : ''
    return makeFinding('misalignedTime', candles, {
      range,
      rows: members.length,
      text: `${whichCandles(range, members.length, stepMs)}: opening time ${first} is not a multiple of ${timeframe} (${stepMs} ms)${guess}`,
      details: { openTimeMs: first, offMs: first % stepMs },
    })
  })
}

/** Candles that have not closed at `nowMs`: their high, low, close and volume will change. */
export function findInProgress(candles: PreparedCandles): Finding[] {
  const { order, timesMs, stepMs, nowMs } = candles
  const rows = order.filter(row => timesMs[row] + stepMs > nowMs)
  return joinNeighbours(rows, timesMs, stepMs).map(({ range, rows: members }) =>
    makeFinding('inProgress', candles, {
      range,
      rows: members.length,
      text: `${whichCandles(range, members.length, stepMs)}: closes at ${formatTimeMs(range.toMs)}, after now (${formatTimeMs(nowMs)}).`,
      details: { nowMs },
    }),
  )
}

/**
 * Times that come more than once: copies of all values are `duplicateTime` and harmless; rows that contradict each other are
 * `conflictingTime`, as one of them is false. `rows` counts those that are too many.
 */
export function findDuplicates(candles: PreparedCandles): Finding[] {
  const { columns, order, timesMs, stepMs } = candles
  const timed = order.filter(row => isTime(columns.openTimeMs[row]))
  const extra = timed.filter((row, i) => i > 0 && timesMs[row] === timesMs[timed[i - 1]])
  if (extra.length === 0) return []
  const firstOf = new Map<number, number>()
  for (const row of timed) if (!firstOf.has(timesMs[row])) firstOf.set(timesMs[row], row)
  const original = (row: number): number => firstOf.get(timesMs[row]) ?? row
  const conflict = (row: number) =>
    VALUE_FIELDS.find(field => !Object.is(columns[field][row], columns[field][original(row)]))

  return (['conflictingTime', 'duplicateTime'] as const).flatMap(check => {
    const rows = extra.filter(row => (conflict(row) !== undefined) === (check === 'conflictingTime'))
    return joinNeighbours(rows, timesMs, stepMs).map(({ range, rows: members }) => {
      const [first] = members
      const field = conflict(first)
      const which = whichCandles(range, members.length, stepMs)
      const text =
        field === undefined
          ? `${which}: comes again with the same values.`
          : `${which}: comes again with other values; first ${field} is ${columns[field][original(first)]}, then ${columns[field][first]}.`
      return makeFinding(check, candles, {
        range,
        rows: members.length,
        text,
        details: { row: first, firstRow: original(first) },
      })
    })
  })
}

/**
 * Rows that stand after later ones: the fewest whose removal leaves the others in order. A doubled row counts where it came
 * first.
 */
export function findTimeOrder(candles: PreparedCandles): Finding[] {
  const { order, timesMs, stepMs } = candles
  if (order.every((row, i) => row === i)) return []
  const seen = new Set<number>()
  const once: number[] = []
  for (let row = 0; row < timesMs.length; row++) {
    if (!seen.has(timesMs[row])) once.push(row)
    seen.add(timesMs[row])
  }
  const inOrder = new Set(longestAscent(once, timesMs))
  const wrong = once.filter(row => !inOrder.has(row))
  return joinInFile(wrong).map(members => {
    const times = members.map(row => timesMs[row])
    const range = { fromMs: min(times), toMs: -min(times.map(timeMs => -timeMs)) + stepMs }
    const before = members[0] > 0 ? `after ${formatTimeMs(timesMs[members[0] - 1])}` : 'at the beginning'
    return makeFinding('timeOrder', candles, {
      range,
      rows: members.length,
      text: `${members.length === 1 ? 'A row is' : `${members.length.toLocaleString('en-US')} rows are`} out of order: ${formatTimeMs(times[0])} stands ${before}.`,
      details: { row: members[0] },
    })
  })
}

const min = (values: readonly number[]): number => values.reduce((least, value) => Math.min(least, value))

/** Puts rows together that follow each other in the file. */
function joinInFile(rows: readonly number[]): number[][] {
  const groups: number[][] = []
  for (const row of rows) {
    const last = groups.at(-1)
    if (last?.at(-1) === row - 1) last.push(row)
    else groups.push([row])
  }
  return groups
}
