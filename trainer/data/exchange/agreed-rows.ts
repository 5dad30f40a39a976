import type { ExchangeSession } from '../../../sdk/source/exchange/exchange-session.ts'
import type { SeriesKey } from '../market-store.ts'
import { type Row, rowKey, rowTimeMs, wrongRows } from './rows.ts'

export interface AgreedRows {
  readonly key: SeriesKey
  readonly request: () => Promise<readonly Row[]>
  /** Whether rows, oldest first, are evidently all there are. */
  readonly isWhole: (rows: readonly Row[]) => boolean
  readonly signal: AbortSignal | undefined
}

/** So many answers must agree before rows that could be missing count as not there; as for candles, ask-for-candles.ts. */
const AGREEING_ANSWERS = 3

/**
 * Rows of an answer, oldest first and each once. An exchange in trouble answers with fewer rows than it has, and what is
 * taken for complete is never asked for again: where a row could be missing, the same is asked for until several answers in
 * a row bring nothing new.
 * @throws ExchangeError, AbortedError as `ExchangeSession.ask`
 */
export async function agreedRows(session: ExchangeSession, o: AgreedRows): Promise<Row[]> {
  const { kind, symbol } = o.key
  const what = `${kind} of ${symbol}`
  const found = new Map<string, Row>()
  let rows: Row[] = []
  for (let agreeing = 0; agreeing < AGREEING_ANSWERS; agreeing++) {
    if (agreeing > 0) await session.waitToRepeat(what, agreeing, 'rows could be missing', o.signal)
    const answer = await session.ask(what, o.request, { signal: o.signal, check: given => wrongRows(kind, given) })
    const known = found.size
    for (const row of answer) found.set(rowKey(kind, row), row)
    rows = [...found.values()].sort((a, b) => rowTimeMs(kind, a) - rowTimeMs(kind, b))
    if (o.isWhole(rows)) return rows
    if (found.size > known) agreeing = 0
  }
  return rows
}
