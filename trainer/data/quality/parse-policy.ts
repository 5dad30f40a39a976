import type { QualityAction } from '../../../sdk/candle/quality/finding.ts'
import { ConfigError } from '../../../sdk/errors.ts'
import { nearestName } from '../../config/nearest-name.ts'
import { DEFAULT_SERIES_POLICY, SERIES_CHECKS, type SeriesCheck, type SeriesPolicy } from './series-finding.ts'

const ACTIONS: readonly QualityAction[] = ['reject', 'repair', 'warn']

const isCheck = (name: string): name is SeriesCheck => SERIES_CHECKS.some(check => check === name)
const isAction = (name: string): name is QualityAction => ACTIONS.some(action => action === name)

/**
 * The default policy, changed by `check=action` pairs, e.g. `gap=warn,assetChange=reject`.
 * @throws ConfigError `INVALID_POLICY`
 */
export function parsePolicy(text: string): SeriesPolicy {
  const changes = text
    .split(',')
    .map(pair => pair.trim())
    .filter(pair => pair !== '')
    .map(pair => parsePair(pair))
  return { ...DEFAULT_SERIES_POLICY, ...Object.fromEntries(changes) }
}

function parsePair(pair: string): [SeriesCheck, QualityAction] {
  const [check = '', action = '', ...rest] = pair.split('=').map(part => part.trim())
  if (!isCheck(check)) {
    const near = nearestName(check, SERIES_CHECKS)
    const hint = near === null ? `The checks are ${SERIES_CHECKS.join(', ')}.` : `Did you mean "${near}"?`
    throw new ConfigError('INVALID_POLICY', `There is no check "${check}" (in "${pair}"). ${hint}`, { pair, check })
  }
  if (!isAction(action) || rest.length > 0) {
    throw new ConfigError(
      'INVALID_POLICY',
      `"${pair}" is no policy: expected ${check}=${ACTIONS.join(`, ${check}=`).replace(/, ([^,]*)$/, ' or $1')}.`,
      { pair, check, action },
    )
  }
  return [check, action]
}
