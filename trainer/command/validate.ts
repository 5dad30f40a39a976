import { Command } from 'commander'
import type { MarketStore } from '../data/market-store.ts'
import type { JudgedSeries } from '../data/quality/judged-series.ts'
import { addFactOptions, type FactFlags, factsOf, onlyExchange, wrongFlag } from './fact-options.ts'
import { storeOption } from './options.ts'
import { addSeriesOptions, emptyStoreText, type SeriesFlags, selectSeries } from './series-options.ts'
import { createTerminal, type Terminal } from './terminal.ts'
import { addJudgeOptions, type JudgeFlags } from './validate-options.ts'

interface ValidateFlags extends SeriesFlags, FactFlags, JudgeFlags {
  readonly store: string
  readonly report?: string
  readonly json?: true
}

export function validateCommand(): Command {
  const command = new Command('validate')
    .description('find what is wrong with market data: in files, or in the store, where it is repaired and logged')
    .argument('[paths...]', 'files, or folders of them; without any, the store')
    .addOption(storeOption())
  return addJudgeOptions(addFactOptions(addSeriesOptions(command), '--symbol <name>'))
    .option('--report <file>', 'write a page with calendars of quality, e.g. quality.html')
    .option('--json', 'as JSON, times in UTC ms')
    .addHelpText(
      'after',
      [
        '\nExamples:',
        '  trainer validate --report quality.html',
        '  trainer validate candles/ --policy gap=warn,assetChange=reject',
        '  trainer validate prices.csv --exchange okx --symbol BTC/USDT --timeframe 1h',
        '\nOf the store, --exchange, --symbols, --kinds and --timeframe select series. Of files, --format, --exchange, --symbol,',
        '--timeframe and --market tell what they and their names do not, as in trainer import.',
        '\nThe repairs in the store are those of the last validation: a --policy holds until the next one without it.',
        '\nEnds with 1 where something is rejected or cannot be read.',
      ].join('\n'),
    )
    .action(validate)
}

async function validate(paths: readonly string[], flags: ValidateFlags): Promise<void> {
  const terminal = flags.json ? silentTerminal() : createTerminal()
  const { describeJudgement, describeTotal } = await import('./validate-lines.ts')
  const judged: JudgedSeries[] = []
  const take = (series: JudgedSeries): void => {
    judged.push(series)
    for (const line of describeJudgement(series)) terminal.line(line)
  }
  const failed =
    paths.length > 0 ? await judgeFiles(paths, flags, terminal, take) : await judgeStore(flags, terminal, take)
  if (judged.length > 0) terminal.stage('judged', describeTotal(judged))
  if (flags.report !== undefined && judged.length > 0) {
    const { writeFileAtomically } = await import('../registry/write-file-atomically.ts')
    const { renderQualityReport } = await import('../report/quality/render-quality.ts')
    const page = renderQualityReport({ judged, policy: flags.policy, maxGapCandles: flags.maxGap, atMs: Date.now() })
    await writeFileAtomically(flags.report, Buffer.from(page))
    terminal.stage('report', flags.report)
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(judged.map(toJson), null, 2)}\n`)
  if (failed || judged.some(({ judgement }) => judgement.rejected.length > 0)) process.exitCode = 1
}

type Take = (series: JudgedSeries) => void

/** One file that cannot be read does not stop the others. Returns whether there was one. */
async function judgeFiles(
  paths: readonly string[],
  flags: ValidateFlags,
  terminal: Terminal,
  take: Take,
): Promise<boolean> {
  const { findMarketFiles } = await import('../data/quality/find-market-files.ts')
  const { readMarketFile } = await import('../data/import/read-market-file.ts')
  const { judgeSeries } = await import('../data/quality/judge-series.ts')
  if (flags.symbols !== undefined) {
    throw wrongFlag(
      `--symbols ${flags.symbols.join(',')}`,
      'selects series of the store. Of a file say --symbol <name>',
    )
  }
  const { exchange, timeframe, kinds, ...facts } = flags
  const told = factsOf({ ...facts, ...onlyExchange(exchange), ...(timeframe === undefined ? {} : { timeframe }) })
  terminal.stage('validate', paths.join(' '))
  let failed = false
  for (const path of await findMarketFiles(paths)) {
    try {
      const { series } = await readMarketFile(path, { ...told, stamp: flags.stamp })
      for (const { key, table } of series.filter(({ key }) => kinds?.includes(key.kind) ?? true)) {
        take({ where: path, judgement: judgeSeries(key, table, judgeOptions(flags)) })
      }
    } catch (error) {
      const { formatError } = await import('./terminal.ts')
      process.stderr.write(formatError(error, false))
      failed = true
    }
  }
  return failed
}

async function judgeStore(flags: ValidateFlags, terminal: Terminal, take: Take): Promise<boolean> {
  const factFlags = (['format', 'symbol', 'market'] as const).find(flag => flags[flag] !== undefined)
  if (factFlags !== undefined) {
    throw wrongFlag(`--${factFlags} ${flags[factFlags]}`, 'tells what a file is. Of the store, --symbols selects')
  }
  const { openParquetStore } = await import('../data/store/parquet-store.ts')
  const { DEFAULT_SERIES_POLICY, SERIES_CHECKS } = await import('../data/quality/series-finding.ts')
  const { validateSeries } = await import('../data/quality/validate-series.ts')
  const store: MarketStore = await openParquetStore(flags.store)
  try {
    const all = await store.list()
    terminal.stage('validate', all.length === 0 ? emptyStoreText(store.place) : store.place)
    for (const { key } of all.length === 0 ? [] : selectSeries(all, flags, store.place)) {
      take({ where: store.place, judgement: await validateSeries(store, key, judgeOptions(flags)) })
    }
    const changed = SERIES_CHECKS.filter(check => flags.policy[check] !== DEFAULT_SERIES_POLICY[check])
    if (all.length > 0 && changed.length > 0) {
      const told = changed.map(check => `${check}=${flags.policy[check]}`).join(',')
      terminal.stage('policy', `${told} holds until the next trainer validate without it`)
    }
  } finally {
    await store.close()
  }
  return false
}

const judgeOptions = ({ policy, maxGap }: ValidateFlags) => ({ policy, maxGapCandles: maxGap })

/** What a program wants to know; days and repairs are in the store. */
const toJson = ({ where, judgement }: JudgedSeries) => ({
  where,
  ...judgement.key,
  rows: judgement.rows,
  span: judgement.span,
  rejected: judgement.rejected.length,
  findings: judgement.findings.map((finding, i) => ({ ...finding, action: judgement.actions[i] })),
  months: judgement.months,
})

const silentTerminal = (): Terminal => ({ stage() {}, line() {}, progress: () => ({ update() {}, stop() {} }) })
