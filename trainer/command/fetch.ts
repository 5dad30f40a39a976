import { Command, Option } from 'commander'
import { TIMEFRAMES, type Timeframe } from '../../sdk/units.ts'
import { parseList, parsePositiveInteger } from './options.ts'
import { createTerminal } from './terminal.ts'

interface FetchFlags {
  readonly exchange: string
  readonly symbols: string[]
  readonly timeframe: Timeframe
  readonly candles: number
  readonly timeout: number
  readonly out: string
}

export function fetchCommand(): Command {
  return new Command('fetch')
    .description('ask an exchange for its newest closed candles, through ccxt')
    .option('-e, --exchange <id>', "ccxt's name of it", 'binance')
    .option('-s, --symbols <list>', 'comma-separated', parseList, ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'])
    .addOption(
      new Option('-t, --timeframe <length>', 'length of a candle').choices(Object.keys(TIMEFRAMES)).default('1h'),
    )
    .option('-n, --candles <count>', 'candles per symbol', parsePositiveInteger, 12_000)
    .option('--timeout <ms>', 'how long to wait for the exchange', parsePositiveInteger, 10_000)
    .option('-o, --out <folder>', 'where the files go', 'candles')
    .action(fetch)
}

async function fetch({ exchange, symbols, timeframe, candles, timeout, out }: FetchFlags): Promise<void> {
  const { writeCandleFile } = await import('../data/candle-file.ts')
  const { fetchWithProgress } = await import('./fetch-with-progress.ts')
  const terminal = createTerminal()
  terminal.stage('fetch', `${symbols.length} × ${candles} ${timeframe} candles from ${exchange}`)
  const files = await fetchWithProgress(terminal, { exchange, symbols, timeframe, candles, timeoutMs: timeout })
  for (const file of files) terminal.line(await writeCandleFile(out, file))
}
