import { type Command, InvalidArgumentError } from 'commander'
import { AbortedError, ConfigError, EdgeQuantError } from '../../../sdk/errors.ts'
import { loadConfig } from '../../config/load-config.ts'
import { decimal, integer, percent } from '../../report/format.ts'
import type { Gain } from '../../search/gain.ts'
import type { SearchResult, Trial } from '../../search/search-result.ts'
import { listenForInterrupt } from '../interrupt.ts'
import { type ConfigFlags, configOverrides, parsePositiveInteger } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import { textTable } from '../text-table.ts'
import type { FeatureMode } from './mode.ts'

interface SearchFlags extends ConfigFlags {
  readonly out?: string
  readonly maxCandidates: number
  readonly keep: number
  readonly seed?: number
  readonly groupSize: number
  readonly confirm?: true
}

/** `--search` and its flags. */
export function addSearch(command: Command): FeatureMode {
  command
    .option('--search', 'try features and transforms of them on the training period, and write those that help')
    .option('--max-candidates <number>', 'features to try at most (with --search)', parsePositiveInteger, 200)
    .option('--keep <number>', 'features to add at most (with --search)', parsePositiveInteger, 12)
    .option(
      '--group-size <number>',
      'candidates that are kept or not together (with --search)',
      parsePositiveInteger,
      1,
    )
    .option('--seed <number>', "of the search; default: the config's (with --search)", parseSeed)
    .option('--confirm', 'judge what was found once on the calibration period (with --search)')
  return { flag: 'search', run: terminal => search(command.opts<SearchFlags>(), terminal) }
}

function parseSeed(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('Expected a whole number of at least 0.')
  return value
}

async function search(flags: SearchFlags, terminal: Terminal): Promise<void> {
  const { searchFeatures } = await import('../../search/search-features.ts')
  const { confirmFeatures } = await import('../../search/confirm-features.ts')
  const { TrialLog, trialsPath, writeSearchResult } = await import('../../search/search-log.ts')
  const { collectCandles } = await import('../stage/obtain-candles.ts')

  const config = await loadConfig(flags.config, configOverrides(flags))
  const { maxCandidates, keep, groupSize, seed = config.seed, out = `configs/features-${config.name}.json` } = flags
  if (!out.endsWith('.json')) {
    throw new ConfigError(
      'WRONG_FLAG',
      `--out ${out} does not end in .json. Name a JSON file, e.g. configs/features.json.`,
      {
        out,
      },
    )
  }
  const { files, simulated } = await collectCandles(config, terminal)
  const log = new TrialLog(trialsPath(out))
  const triedBefore = await log.triedBefore()
  await log.begin({ config: flags.config, seed, maxCandidates, keep, groupSize, symbols: config.data.symbols })

  terminal.stage(
    'search',
    `${integer(maxCandidates)} candidates at most, seed ${seed}; every trial goes to ${log.path}`,
  )
  if (simulated) terminal.line('These are simulated candles: what helps here need not help anywhere else.')
  const progress = terminal.progress()
  const interrupt = listenForInterrupt(() => terminal.line('Stopping; Ctrl-C again ends at once.'))
  const judged: Trial[] = []
  let result: SearchResult
  try {
    result = await searchFeatures(config, files, {
      maxCandidates,
      keep,
      groupSize,
      seed,
      signal: interrupt.signal,
      onProgress: (fraction, facts) => progress.update(fraction, facts),
      onTrial: async trial => {
        if (trial.step === 'judged') judged.push(trial)
        await log.add(trial)
      },
    })
  } catch (error) {
    throw interrupt.signal.aborted || error instanceof AbortedError ? interrupted(out, log.path) : error
  } finally {
    progress.stop()
    interrupt.release()
  }
  describe(result, judged, terminal)
  const confirmation = flags.confirm ? await confirmFeatures(config, files, result.features, { seed }) : null
  if (confirmation) {
    terminal.stage(
      'confirm',
      `On the calibration period, which the search has not seen: ${shown(confirmation)} gained.`,
    )
  }
  await writeSearchResult(out, { ...result, ...(confirmation ? { confirmation } : {}) })
  caution(result, triedBefore, terminal)
  terminal.stage('written', out)
  terminal.line(`To train with it: trainer run --config ${flags.config} --set "features=$(jq -c .features ${out})"`)
}

const interrupted = (out: string, log: string): EdgeQuantError =>
  new EdgeQuantError(
    'INTERRUPTED',
    `The search was interrupted; ${out} is as it was before. What was tried until then stands in ${log}.`,
    { out },
  )

const permille = (share: number): string => decimal(1000 * share, 2)
const shown = ({ gain, standardError }: Gain): string => `${permille(gain)} ± ${permille(standardError)} ‰`

const HEADER = ['feature', 'gain ‰', '± ‰', 'errors', 'kept']

function describe({ features, search }: SearchResult, judged: readonly Trial[], terminal: Terminal): void {
  const { baseline, result, controls } = search
  terminal.stage('gains', `in thousandths of the unconditional quantiles' loss, ${search.folds} folds`)
  const rows = judged.flatMap(trial =>
    trial.step === 'judged'
      ? [
          [
            trial.features.join(' '),
            permille(trial.gain),
            permille(trial.standardError),
            decimal(trial.gain / trial.standardError, 1),
            trial.kept ? 'yes' : '',
          ],
        ]
      : [],
  )
  for (const line of textTable(HEADER, rows, new Set(HEADER.slice(1, 4)))) terminal.line(line)
  terminal.stage(
    'result',
    `${integer(search.tried)} tried, ${search.judged} trained with, ${features.length - baseline.features.length} kept: loss ${decimal(baseline.loss, 4)} → ${decimal(result.loss, 4)}, ${shown(result)} gained`,
  )
  terminal.line(
    `Needed: ${decimal(controls.required, 1)} standard errors. Controls that know nothing gained ${decimal(controls.mean, 1)} ± ${decimal(controls.deviation, 1)}; the best of ${integer(search.tried)} like them would show ${decimal(controls.expectedBest, 1)}.`,
  )
}

function caution({ search }: SearchResult, triedBefore: number, terminal: Terminal): void {
  const before = triedBefore === 0 ? '' : ` and ${integer(triedBefore)} in earlier searches`
  terminal.stage(
    'caution',
    `${integer(search.tried)} candidates were tried${before}: the more, the better the best looks by luck.`,
  )
  terminal.line(
    `If none knew anything, any would be kept in ${percent(search.controls.familywiseRate)} of such searches; the gains of those kept flatter all the same.`,
  )
  terminal.line('Judge them on candles that no search has seen, once.')
}
