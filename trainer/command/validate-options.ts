import { type Command, InvalidArgumentError, Option } from 'commander'
import { EdgeQuantError } from '../../sdk/errors.ts'
import { parsePolicy } from '../data/quality/parse-policy.ts'
import { DEFAULT_MAX_GAP_CANDLES, type SeriesPolicy } from '../data/quality/series-finding.ts'

/** How data are judged; the same flags for every verb that judges. */
export interface JudgeFlags {
  readonly policy: SeriesPolicy
  readonly maxGap: number
  readonly stamp: 'open' | 'close'
}

export function addJudgeOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--policy <check=action,…>', 'what is done about findings: reject, repair or warn, e.g. gap=warn')
        .argParser(parsePolicyFlag)
        .default(parsePolicy(''), 'see docs/market-data.md'),
    )
    .option('--max-gap <candles>', 'fill gaps up to this', parseGap, DEFAULT_MAX_GAP_CANDLES)
    .addOption(
      new Option('--stamp <time>', 'what the times of candles in files are').choices(['open', 'close']).default('open'),
    )
}

function parseGap(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('Expected a whole number of at least 0.')
  return value
}

function parsePolicyFlag(text: string): SeriesPolicy {
  try {
    return parsePolicy(text)
  } catch (error) {
    if (error instanceof EdgeQuantError) throw new InvalidArgumentError(error.message)
    throw error
  }
}
