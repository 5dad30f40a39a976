import { Command, Option } from 'commander'
import { TIMEFRAMES, type Timeframe } from '../../sdk/units.ts'
import { parseList, parsePositiveInteger } from './options.ts'
import { createTerminal } from './terminal.ts'

interface SimulateFlags {
  readonly symbols: string[]
  readonly candles: number
  readonly timeframe: Timeframe
  readonly seed: number
  readonly out: string
}

export function simulateCommand(): Command {
  return new Command('simulate')
    .description('write candles of the embedded market: seeded, several correlated symbols')
    .option('-s, --symbols <list>', 'comma-separated', parseList, ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'])
    .option('-n, --candles <count>', 'candles per symbol', parsePositiveInteger, 12_000)
    .addOption(
      new Option('-t, --timeframe <length>', 'length of a candle').choices(Object.keys(TIMEFRAMES)).default('1h'),
    )
    .option('--seed <integer>', 'the same seed gives the same market', parsePositiveInteger, 1)
    .option('-o, --out <folder>', 'where the files go', 'candles')
    .action(simulate)
}

async function simulate({ symbols, candles, timeframe, seed, out }: SimulateFlags): Promise<void> {
  const { simulateMarket } = await import('../../sdk/candle/simulate-market.ts')
  const { writeCandleFile } = await import('../data/candle-file.ts')
  const terminal = createTerminal()
  terminal.stage(
    'simulate',
    `${symbols.length} × ${candles} ${timeframe} candles, seed ${seed}; these are not real prices`,
  )
  const market = simulateMarket({ symbols, candles, timeframe, seed })
  for (const [symbol, simulated] of market) {
    terminal.line(await writeCandleFile(out, { exchange: 'simulator', symbol, timeframe, candles: simulated }))
  }
}
