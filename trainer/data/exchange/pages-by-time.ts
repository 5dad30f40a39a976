import type { TimeRange } from '../../../sdk/candle/time-ranges.ts'
import { ExchangeError } from '../../../sdk/errors.ts'
import type { ExchangeSession } from '../../../sdk/source/exchange/exchange-session.ts'
import { formatTimeMs } from '../../../sdk/units.ts'
import type { SeriesKey } from '../market-store.ts'
import { agreedRows } from './agreed-rows.ts'
import { type Row, rowsToTable, rowTimeMs } from './rows.ts'
import type { SeriesPage } from './series-pages.ts'

export interface RowsAnswer {
  readonly rows: readonly Row[]
  /** Whether it has as many rows as the exchange gives at once, so that others may have been left out. */
  readonly full: boolean
}

export interface PagesByTime {
  readonly key: SeriesKey
  readonly range: TimeRange
  /** Time that one request asks for, unless its answer is full. */
  readonly windowMs: number
  /** Rows from `sinceMs` up to and including `untilMs`; more is cut off here. */
  readonly request: (sinceMs: number, untilMs: number) => Promise<RowsAnswer>
  /** Whether rows of these times are evidently all that can be in the window; otherwise it is asked for again. */
  readonly isWhole: (timesMs: readonly number[], window: TimeRange) => boolean
  /** Rows before this time will not change, nor will others come, given the newest row of a page. */
  readonly finalMs: (newestMs: number) => number
  readonly signal: AbortSignal | undefined
}

/**
 * Walks through a range window by window. Exchanges differ in which end of a window they leave out when it holds more
 * rows than they give at once; therefore a full answer is not used, but its window halved.
 */
export async function* pagesByTime(session: ExchangeSession, o: PagesByTime): AsyncGenerator<SeriesPage> {
  const { kind } = o.key
  let { fromMs } = o.range
  let { windowMs } = o
  while (fromMs < o.range.toMs) {
    const window = { fromMs, toMs: Math.min(fromMs + windowMs, o.range.toMs) }
    const { rows, full, ignoresEnd } = await askWindow(session, o, window)
    const timesMs = rows.map(row => rowTimeMs(kind, row))
    const whole = o.isWhole(timesMs, window)
    if (full && !whole && !ignoresEnd) {
      windowMs = halve(window, o)
      continue
    }
    // What does not stop at the window's end may not have begun at its start: it is known from its first row on.
    const knownFromMs = ignoresEnd && !whole ? (timesMs[0] ?? window.toMs) : window.fromMs
    const finalMs = Math.min(window.toMs, o.finalMs(timesMs.at(-1) ?? Number.NEGATIVE_INFINITY))
    const complete = knownFromMs < finalMs ? { fromMs: knownFromMs, toMs: finalMs } : null
    yield { table: rowsToTable(kind, rows), complete, doneMs: window.toMs }
    fromMs = window.toMs
  }
}

async function askWindow(
  session: ExchangeSession,
  o: PagesByTime,
  { fromMs, toMs }: TimeRange,
): Promise<{ rows: Row[]; full: boolean; ignoresEnd: boolean }> {
  const { kind } = o.key
  let full = false
  let ignoresEnd = false
  const rows = await agreedRows(session, {
    key: o.key,
    request: async () => {
      const answer = await o.request(fromMs, toMs - 1)
      full = answer.full
      // an answer that was cut does not show it
      ignoresEnd ||= answer.rows.some(row => rowTimeMs(kind, row) >= toMs)
      return answer.rows.filter(row => rowTimeMs(kind, row) >= fromMs && rowTimeMs(kind, row) < toMs)
    },
    isWhole: found =>
      (full && !ignoresEnd) ||
      o.isWhole(
        found.map(row => rowTimeMs(kind, row)),
        { fromMs, toMs },
      ),
    signal: o.signal,
  })
  return { rows, full, ignoresEnd }
}

function halve({ fromMs, toMs }: TimeRange, { key }: PagesByTime): number {
  const halfMs = Math.ceil((toMs - fromMs) / 2)
  if (halfMs < toMs - fromMs) return halfMs
  throw new ExchangeError(
    'BAD_ANSWER',
    `${key.exchange} has as many rows of ${key.kind} of ${key.symbol} in the one millisecond ${formatTimeMs(fromMs)} as it gives at once: others cannot be had. Fetch the time before and after it.`,
    { ...key, timeMs: fromMs },
  )
}
