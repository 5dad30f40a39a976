import { Command, InvalidArgumentError } from 'commander'
import { createTerminal } from './terminal.ts'

export function validateCommand(): Command {
  return new Command('validate')
    .description('check candles on disk as training would: order, gaps, prices, volumes')
    .argument('<path>', 'a CSV or CSV.gz file, or a folder of them')
    .option('--max-gap <candles>', 'fill gaps up to this', parseGap, 6)
    .action(validate)
}

export function parseGap(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('Expected a whole number of at least 0.')
  return value
}

async function validate(path: string, { maxGap }: { readonly maxGap: number }): Promise<void> {
  const { loadCandleFiles } = await import('../data/load-candle-files.ts')
  const { checkCandles, describeCheck } = await import('./check-candles.ts')
  const terminal = createTerminal()
  terminal.stage('validate', path)
  for (const file of await loadCandleFiles(path)) terminal.line(describeCheck(checkCandles(file, maxGap)))
}
