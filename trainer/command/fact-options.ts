import { type Command, Option } from 'commander'
import { ConfigError } from '../../sdk/errors.ts'
import type { Timeframe } from '../../sdk/units.ts'
import { FORMAT_NAMES, type FormatName } from '../data/import/layout.ts'
import type { ReadMarketFileOptions } from '../data/import/read-market-file.ts'

/** What a file's series is, where neither the file nor its name tells; the same flags for every verb that reads files. */
export interface FactFlags {
  readonly format?: FormatName
  readonly symbol?: string
  readonly market?: 'spot' | 'perpetual'
}

/** `--format`, `--market` and the symbol, whose flags are given, as `-s` may be taken. */
export function addFactOptions(command: Command, symbolFlags: '-s, --symbol <name>' | '--symbol <name>'): Command {
  return command
    .addOption(new Option('--format <name>', 'whose layout; found out where it is not given').choices(FORMAT_NAMES))
    .option(symbolFlags, 'e.g. BTC/USDT, or BTC/USDT:USDT for a perpetual, where no file tells')
    .addOption(
      new Option('--market <kind>', 'which one a pair is of, where no file tells').choices(['spot', 'perpetual']),
    )
}

export const factsOf = ({
  format,
  exchange,
  symbol,
  timeframe,
  market,
}: FactFlags & { readonly exchange?: string; readonly timeframe?: Timeframe }): ReadMarketFileOptions => ({
  ...(format === undefined ? {} : { format }),
  ...(exchange === undefined ? {} : { exchange }),
  ...(symbol === undefined ? {} : { symbol }),
  ...(timeframe === undefined ? {} : { timeframe }),
  ...(market === undefined ? {} : { settlement: market === 'spot' ? ('spot' as const) : ('linear' as const) }),
})

/**
 * The one exchange of a flag that takes several.
 * @throws ConfigError `WRONG_FLAG`
 */
export function onlyExchange(exchanges: readonly string[] | undefined): { readonly exchange?: string } {
  const [exchange, other] = exchanges ?? []
  if (other !== undefined) {
    throw wrongFlag(`--exchange ${exchanges?.join(',')}`, 'the rows of a file are of one exchange. Name one')
  }
  return exchange === undefined ? {} : { exchange }
}

/** Told of a flag that is not for what it was given with. */
export const wrongFlag = (flag: string, why: string): ConfigError =>
  new ConfigError('WRONG_FLAG', `${flag}: ${why}.`, { flag })
