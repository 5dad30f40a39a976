import { Command } from 'commander'
import { createTerminal } from './terminal.ts'
import { parseGap } from './validate.ts'

interface ImportFlags {
  readonly out: string
  readonly maxGap: number
}

export function importCommand(): Command {
  return new Command('import')
    .description('check candles on disk and copy them, whole or not at all, under their proper names')
    .argument('<path>', 'a CSV or CSV.gz file, or a folder of them')
    .option('-o, --out <folder>', 'where the files go', 'candles')
    .option('--max-gap <candles>', 'gaps up to this may be filled in training', parseGap, 6)
    .action(importCandles)
}

async function importCandles(path: string, { out, maxGap }: ImportFlags): Promise<void> {
  const { writeCandleFile } = await import('../data/candle-file.ts')
  const { loadCandleFiles } = await import('../data/load-candle-files.ts')
  const { checkCandles, describeCheck } = await import('./check-candles.ts')
  const terminal = createTerminal()
  terminal.stage('import', path)
  // All are checked before any is written.
  const checked = (await loadCandleFiles(path)).map(file => checkCandles(file, maxGap))
  for (const check of checked) {
    await writeCandleFile(out, check.file)
    terminal.line(describeCheck(check))
  }
  terminal.stage('written', out)
}
