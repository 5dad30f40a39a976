import { DAY_MS, formatTimeMs } from '../../units.ts'
import type { Finding } from './finding.ts'
import { makeFinding } from './make-finding.ts'
import type { PreparedCandles } from './prepared-candles.ts'

/**
 * A listing is closed and another one opened under the same name not within hours. Real outages last up to 33 h (BTC,
 * 2018-02-08) and move the price by less than 1.3 times.
 */
const MIN_HOLE_MS = DAY_MS

/**
 * One order of magnitude. LUNA changes by 20,000 times over its hole (2022-05-31); FTT, relisted after 311 days, by 1.5.
 * Within one hour no real file moves by more than 7.5 times (LUNA, 2022-05-12).
 */
const MIN_RATIO = 10

/**
 * A symbol that turned into another asset: after a hole of at least a day the first open is at least 10 times, or at most a
 * tenth of, the last close before it. What stands before belongs to another asset, and a model must not learn from both
 * as from one.
 */
export function findAssetChanges(candles: PreparedCandles): Finding[] {
  const { series, stepMs } = candles
  const { openTimeMs, open, close } = series
  const findings: Finding[] = []
  for (let row = 1; row < series.length; row++) {
    const holeMs = openTimeMs[row] - openTimeMs[row - 1] - stepMs
    if (holeMs < MIN_HOLE_MS) continue
    const ratio = open[row] / close[row - 1]
    if (ratio < MIN_RATIO && ratio > 1 / MIN_RATIO) continue
    const times = ratio >= 1 ? ratio : 1 / ratio
    findings.push(
      makeFinding('assetChange', candles, {
        range: { fromMs: openTimeMs[row], toMs: openTimeMs[row] + stepMs },
        rows: 1,
        text: `${formatTimeMs(openTimeMs[row])}: after ${(holeMs / stepMs).toLocaleString('en-US')} missing candles the price goes on at ${open[row]}, ${Math.round(times).toLocaleString('en-US')} times ${ratio >= 1 ? 'above' : 'below'} the last close ${close[row - 1]}: another asset under the same symbol.`,
        details: { lastOpenMs: openTimeMs[row - 1], firstOpenMs: openTimeMs[row], ratio, rowsBefore: row },
      }),
    )
  }
  return findings
}
