import { assessCandles } from '../../../sdk/candle/quality/assess-candles.ts'
import { DEFAULT_QUALITY_POLICY } from '../../../sdk/candle/quality/default-policy.ts'
import type { Finding, QualityPolicy } from '../../../sdk/candle/quality/finding.ts'
import { repairCandles } from '../../../sdk/candle/quality/repair-candles.ts'
import type { RunConfig } from '../../config/run-config.ts'
import type { CandleFile } from '../../data/candle-file.ts'
import { BY_CONFIG, refusal } from '../../data/quality/accept-series.ts'
import { integer } from '../../report/format.ts'
import type { Terminal } from '../terminal.ts'

/**
 * Candles as a run uses them: judged, and mended where the policy of its config says so. Short gaps stay gaps here, as the
 * run's copies of its candles are real ones; they are filled where windows are made.
 * @throws CandleError `REJECTED`
 */
export function acceptCandles(files: readonly CandleFile[], { data }: RunConfig, terminal: Terminal): CandleFile[] {
  const policy: QualityPolicy = { ...DEFAULT_QUALITY_POLICY, ...data.policy, gap: 'warn' }
  const accepted = files.map(file => {
    const { exchange, symbol, timeframe } = file
    const findings = assessCandles(file.candles, { symbol, timeframe })
    const { maxGapCandles } = data
    const mended = repairCandles(file.candles, findings, { policy, timeframe, maxGapCandles })
    if (mended.rejected.length > 0) {
      const where = data.path ?? data.store
      throw refusal({ exchange, symbol, timeframe, kind: 'candle' }, mended.rejected, where, BY_CONFIG)
    }
    return { file: { ...file, candles: mended.candles }, findings, repairs: mended.repairs }
  })
  terminal.stage('quality', summarise(accepted.flatMap(({ findings }) => findings)))
  for (const { file, repairs } of accepted) {
    const reasons = [...repairs.rows, ...repairs.dropped].map(({ reason }) => reason)
    if (reasons.length === 0) continue
    terminal.line(
      `${file.symbol}: ${integer(repairs.rows.length)} candles mended, ${integer(repairs.dropped.length)} left out (${[...new Set(reasons)].join(', ')})`,
    )
  }
  return accepted.map(({ file }) => file)
}

function summarise(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing was found.'
  const rows = new Map<string, number>()
  for (const finding of findings) rows.set(finding.check, (rows.get(finding.check) ?? 0) + finding.rows)
  return `${[...rows].map(([check, count]) => `${check} ${integer(count)}`).join(', ')} (candles; trainer validate tells more)`
}
