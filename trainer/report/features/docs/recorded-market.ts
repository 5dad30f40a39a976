import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { ConfigError } from '../../../../sdk/errors.ts'
import { type InputSourceName, MACRO_SERIES } from '../../../../sdk/feature/input/input-source.ts'
import { ALL_TIMES, type InputEvents } from '../../../../sdk/feature/input/source-follower.ts'
import { toCandles } from '../../../data/candle-table.ts'
import { findMacroFile, readMacroFile } from '../../../data/feature-inputs/macro-file.ts'
import { readMarketFile } from '../../../data/import/read-market-file.ts'
import { DOCUMENTED_MARKET } from './example-facts.ts'

/** One symbol's candles, and events of its further inputs. */
export interface RecordedSymbol {
  readonly symbol: string
  readonly candles: readonly Candle[]
  readonly events: Readonly<Partial<Record<InputSourceName, InputEvents>>>
}

/** What of a symbol is in which folder, by the beginning of the file's name. */
const FILES = {
  candles: (pair: string) => ['candles', `binance_${pair}_1h_`],
  funding: (pair: string) => ['funding', `binance_perp_${pair}_funding_`],
  perpetual: (pair: string) => ['perp', `binance_perp_${pair}_1h_`],
} as const

/**
 * The recorded data that pictures of features are drawn from: a folder with `candles/`, `funding/`, `perp/` and `macro/`.
 * @throws ConfigError `NO_DATA`
 */
export async function readRecordedMarket(folder: string): Promise<RecordedSymbol[]> {
  const macro: Partial<Record<InputSourceName, InputEvents>> = {}
  for (const series of MACRO_SERIES) {
    const path =
      (await namesIn(join(folder, 'macro'))).length > 0 ? await findMacroFile(join(folder, 'macro'), series) : null
    if (path === null) throw missing(folder, `macro/${series}_1d_….csv.gz`)
    macro[series] = await readMacroFile(path)
  }
  const symbols: RecordedSymbol[] = []
  for (const symbol of DOCUMENTED_MARKET) {
    const pair = symbol.replace('/', '')
    const spot = await eventsOf(folder, FILES.candles(pair))
    symbols.push({
      symbol,
      candles: toCandles(spot),
      events: {
        ...macro,
        spot,
        funding: await eventsOf(folder, FILES.funding(pair)),
        perpetual: await eventsOf(folder, FILES.perpetual(pair)),
      },
    })
  }
  return symbols
}

async function eventsOf(folder: string, [part, start]: readonly string[]): Promise<InputEvents> {
  const name = (await namesIn(join(folder, part))).find(file => file.startsWith(start))
  if (name === undefined) throw missing(folder, `${part}/${start}….csv.gz`)
  const { series } = await readMarketFile(join(folder, part, name), { format: 'edgequant' })
  return { ...series[0].table, covered: ALL_TIMES }
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

function missing(folder: string, file: string): ConfigError {
  return new ConfigError(
    'NO_DATA',
    `${folder} has no ${file}. The pictures are drawn from recorded data: give the folder that holds candles/, funding/, perp/ and macro/, or leave out --data, and the pictures stay as they are.`,
    { folder, file },
  )
}
