import { Command, Option } from 'commander'
import { TIMEFRAMES, type Timeframe } from '../../sdk/units.ts'
import type { ImportedFile, ImportedRows } from '../data/import/import-file.ts'
import type { ImportResult, RefusedFile } from '../data/import/import-files.ts'
import { nameOfSeries } from '../data/quality/judged-series.ts'
import { integer, list, period } from '../report/format.ts'
import { addFactOptions, type FactFlags, factsOf } from './fact-options.ts'
import { storeOption } from './options.ts'
import { createTerminal, formatError, type Terminal } from './terminal.ts'
import { addJudgeOptions, type JudgeFlags } from './validate-options.ts'

interface ImportFlags extends JudgeFlags, FactFlags {
  readonly store: string
  readonly exchange?: string
  readonly timeframe?: Timeframe
}

export function importCommand(): Command {
  const command = new Command('import')
    .description("read other people's files, check them, and put them into the store")
    .argument('<paths...>', 'CSV, CSV.gz or zip files, or folders of them')
    .addOption(storeOption())
    .option('-e, --exchange <id>', "ccxt's name of it, where no file tells")
    .addOption(
      new Option('-t, --timeframe <length>', 'of candles, where no file tells').choices(Object.keys(TIMEFRAMES)),
    )
  return addJudgeOptions(addFactOptions(command, '-s, --symbol <name>'))
    .addHelpText(
      'after',
      [
        '\nExamples:',
        '  trainer import BTCUSDT-1h-2024-01.zip --market spot',
        '  trainer import binance-futures_book_snapshot_5_2024-01-01_BTCUSDT.csv.gz',
        '  trainer import prices.csv --exchange okx --symbol BTC/USDT --timeframe 1h',
        '\nA file that is refused leaves the store as it was, and the others go in; ends with 1 then.',
      ].join('\n'),
    )
    .action(importMarketData)
}

async function importMarketData(paths: readonly string[], flags: ImportFlags): Promise<void> {
  const { findMarketFiles } = await import('../data/quality/find-market-files.ts')
  const { importFiles } = await import('../data/import/import-files.ts')
  const { openParquetStore } = await import('../data/store/parquet-store.ts')
  const terminal = createTerminal()
  const files = await findMarketFiles(paths)
  const store = await openParquetStore(flags.store)
  try {
    terminal.stage('import', `${paths.join(' ')} into ${store.place}`)
    const result = await importFiles(store, files, {
      ...factsOf(flags),
      stamp: flags.stamp,
      judge: { policy: flags.policy, maxGapCandles: flags.maxGap },
      onFile: outcome => report(outcome, terminal),
    })
    await summarise(result, terminal)
    const { refused, unjudged, judgements } = result
    const isWhole = refused.length + unjudged.length === 0 && judgements.every(({ rejected }) => rejected.length === 0)
    if (!isWhole) process.exitCode = 1
  } finally {
    await store.close()
  }
}

function report(outcome: ImportedFile | RefusedFile, terminal: Terminal): void {
  if ('error' in outcome) {
    terminal.line(`REFUSED    ${outcome.path}`)
    process.stderr.write(`${formatError(outcome.error, false)}\n`)
    return
  }
  const { layout, series, notes, path } = outcome
  for (const rows of series) terminal.line(`${describeRows(rows)} (${layout})`)
  if (series.length === 0) terminal.line(`nothing to store in ${path} (${layout})`)
  for (const note of notes) terminal.line(`  ${note}`)
}

/** A line on what a file brought to a series. */
function describeRows({ key, rows, span, added, changed, same }: ImportedRows): string {
  const noun = key.kind === 'candle' ? 'candles' : 'rows'
  const parts = [
    ...(added > 0 ? [`${integer(added)} new`] : []),
    ...(changed > 0 ? [`${integer(changed)} in the place of others`] : []),
    ...(added + changed === 0 ? ['all there already'] : same > 0 ? [`${integer(same)} there already`] : []),
  ]
  const when = period(span.firstMs, span.lastMs)
  return `${key.exchange.padEnd(9)} ${nameOfSeries({ key }).padEnd(22)} ${integer(rows).padStart(9)} ${noun}, ${when}: ${parts.join(', ')}`
}

async function summarise(result: ImportResult, terminal: Terminal): Promise<void> {
  const { imported, refused, judgements, unjudged, notTried } = result
  const { describeJudgement } = await import('./validate-lines.ts')
  if (judgements.length > 0) terminal.stage('judged', `${judgements.length} series`)
  for (const judgement of judgements) {
    for (const line of describeJudgement({ where: '', judgement })) terminal.line(line)
  }
  for (const { key, error } of unjudged) {
    terminal.line(`not judged: ${key.exchange} ${nameOfSeries({ key })}`)
    process.stderr.write(`${formatError(error, false)}\n`)
  }
  const rows = imported.flatMap(({ series }) => series)
  const added = rows.reduce((sum, { added }) => sum + added, 0)
  const changed = rows.reduce((sum, { changed }) => sum + changed, 0)
  terminal.stage(
    'imported',
    `${imported.length} of ${imported.length + refused.length + notTried.length} files: ${integer(added)} rows new, ${integer(changed)} in the place of others`,
  )
  for (const { path, error } of refused) terminal.line(`not ${path}: ${error.code}`)
  if (notTried.length > 0) terminal.line(`not tried, as the store cannot be written: ${list(notTried)}`)
}
