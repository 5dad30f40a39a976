import type { CandleColumns } from './columns.ts'
import type { Finding } from './finding.ts'
import { joinNeighbours, makeFinding, whichCandles } from './make-finding.ts'
import type { PreparedCandles } from './prepared-candles.ts'

/** Candles in which nothing was traded. No threshold: volume = 0. Most are outages that the exchange filled in. */
export function findZeroVolume(candles: PreparedCandles): Finding[] {
  const { series, stepMs } = candles
  const rows = rowsWhere(series, row => series.volume[row] === 0)
  return joinNeighbours(rows, series.openTimeMs, stepMs).map(({ range, rows: members }) =>
    makeFinding('zeroVolume', candles, {
      range,
      rows: members.length,
      text: `${whichCandles(range, members.length, stepMs)}: without any trade, at the price ${series.close[members[0]]}.`,
    }),
  )
}

/**
 * This many traded candles with the same four prices are stale. In 1.5 million real candles 4 runs are
 * as long: one of PEPE of spot, where a tick was 1 % of the price, and three of FIL of 1 minute.
 */
const STALE_CANDLES = 6

/** With the same volume as well, a feed repeats itself: among the same real candles there are not even two in a row. */
const COPIED_CANDLES = 3

/**
 * Runs of candles that traded and did not move: open, high, low and close are those of the candle before, for at least
 * 6 candles, or for 3 where the volume is the same, too. A candle without trades cannot move; it is `zeroVolume`.
 */
export function findStalePrices(candles: PreparedCandles): Finding[] {
  const { series, stepMs } = candles
  const { openTimeMs, open, high, low, close, volume } = series
  const repeats = (row: number): boolean =>
    row > 0 &&
    row < series.length &&
    volume[row] > 0 &&
    openTimeMs[row] - openTimeMs[row - 1] === stepMs &&
    open[row] === open[row - 1] &&
    high[row] === high[row - 1] &&
    low[row] === low[row - 1] &&
    close[row] === close[row - 1]
  const findings: Finding[] = []
  for (let row = 0; row < series.length; row++) {
    const first = row
    let copied = true
    while (repeats(row + 1)) {
      row++
      copied &&= volume[row] === volume[first]
    }
    const rows = row - first + 1
    if (rows >= STALE_CANDLES || (copied && rows >= COPIED_CANDLES)) {
      const range = { fromMs: openTimeMs[first], toMs: openTimeMs[row] + stepMs }
      const stood =
        high[first] === low[first]
          ? `at ${close[first]}`
          : `open ${open[first]}, high ${high[first]}, low ${low[first]}, close ${close[first]} in each`
      findings.push(
        makeFinding('stalePrice', candles, {
          range,
          rows,
          text: `${whichCandles(range, rows, stepMs)}: the price did not move (${stood})${copied ? ', nor did the volume' : ''}.`,
          details: { copied },
        }),
      )
    }
  }
  return findings
}

function rowsWhere({ length }: CandleColumns, isIt: (row: number) => boolean): number[] {
  const rows: number[] = []
  for (let row = 0; row < length; row++) if (isIt(row)) rows.push(row)
  return rows
}
