import type { QualityAction } from '../../../sdk/candle/quality/finding.ts'
import { CandleError } from '../../../sdk/errors.ts'
import type { Table } from '../kind.ts'
import type { SeriesKey } from '../market-store.ts'
import { type Judgement, type JudgeOptions, judgeSeries } from './judge-series.ts'
import type { SeriesFinding } from './series-finding.ts'

/** Findings that are told in full. */
const TOLD = 3

/**
 * Judges rows before they are stored, and refuses what the policy refuses.
 * @param where The file they are from, for the message.
 * @throws CandleError `REJECTED`, naming the findings and what can be done about each
 */
export function acceptSeries(key: SeriesKey, table: Table, where: string, o: JudgeOptions = {}): Judgement {
  const judgement = judgeSeries(key, table, o)
  if (judgement.rejected.length > 0) throw refusal(key, judgement.rejected, where)
  return judgement
}

/** How a policy is changed: by a flag of a verb or, in a run, by its config. */
const BY_FLAG = (checks: readonly string[], action: QualityAction): string =>
  `--policy ${checks.map(check => `${check}=${action}`).join(',')}`
export const BY_CONFIG = (checks: readonly string[], action: QualityAction): string =>
  checks.map(check => `--set data.policy.${check}=${action}`).join(' ')

/** The error for findings that a policy refuses. */
export function refusal(
  key: SeriesKey,
  rejected: readonly SeriesFinding[],
  where: string,
  change = BY_FLAG,
): CandleError {
  const checks = [...new Set(rejected.map(finding => finding.check))]
  const told = rejected.slice(0, TOLD).map(({ check, text }) => `${check}: ${text}`)
  const more = rejected.length - told.length
  const rows = rejected.reduce((sum, finding) => sum + finding.rows, 0)
  return new CandleError(
    'REJECTED',
    [
      `${where}: ${key.exchange} ${key.symbol} ${key.timeframe ?? key.kind} is refused for ${rejected.length} ${rejected.length === 1 ? 'finding' : 'findings'} (${rows.toLocaleString('en-US')} rows).`,
      ...told,
      ...(more > 0 ? [`… and ${more} more`] : []),
      remedyOf(checks, change),
    ].join('\n'),
    { where, ...key, checks, findings: rejected.slice(0, 20), count: rejected.length },
  )
}

/** What is more often the remedy than a policy. */
const HINTS: Readonly<Record<string, string>> = {
  closeStamped: 'Import with --stamp close where times are those of the close.',
  wrongTimeframe: 'Say with --timeframe which candles these are.',
  conflictingTime: 'Split the file where it holds several symbols.',
}

/** What can be done about findings that are refused. */
export function remedyOf(checks: readonly string[], change = BY_FLAG): string {
  const hints = checks.flatMap(check => HINTS[check] ?? []).map(hint => `${hint} `)
  const unmended = ['closeStamped', 'wrongTimeframe']
  const others = checks.filter(check => !unmended.includes(check))
  return others.length === 0
    ? `${hints.join('')}If they are right, ${change(checks, 'warn')}.`
    : `${hints.join('')}Get correct data, or change what is done about it: ${change(others, 'repair')} mends what can be mended; =warn only notes it.`
}
