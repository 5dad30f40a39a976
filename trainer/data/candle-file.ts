import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Candle } from '../../sdk/candle/candle.ts'
import { formatCandleCsv } from '../../sdk/candle/candle-csv.ts'
import { CandleError } from '../../sdk/errors.ts'
import type { Timeframe } from '../../sdk/units.ts'
import { writeFileAtomically } from '../registry/write-file-atomically.ts'
import { parseMarketFileName, seriesFileName } from './market-file-name.ts'

/** One symbol's candles and where they come from; loose, not yet validated. */
export interface CandleFile {
  /** As in file names, e.g. `binance`. */
  readonly exchange: string
  /** e.g. `BTC/USDT`, or `BTC/USDT:USDT` for a perpetual */
  readonly symbol: string
  readonly timeframe: Timeframe
  /** Oldest first. */
  readonly candles: readonly Candle[]
}

/** What a candle file's name says. */
export type CandleFileFacts = Omit<CandleFile, 'candles'>

export const CANDLE_FILE_NAME = '<exchange>_<SYMBOL>_<timeframe>_<first day>_<last day>.csv or .csv.gz'

/**
 * What a file name says, or null where it is not a candle file's name. A file with a note after its timeframe is none: it
 * differs from the others in a way that a run does not know of.
 */
export function parseCandleFileName(path: string): CandleFileFacts | null {
  const name = parseMarketFileName(path)
  if (name === null || name.kind !== 'candle' || name.timeframe === null || name.note !== null) return null
  return { exchange: name.exchange, symbol: name.symbol, timeframe: name.timeframe }
}

/** @throws CandleError `EMPTY`, `FILE_NAME` */
function candleFileName({ exchange, symbol, timeframe, candles }: CandleFile): string {
  if (candles.length === 0) {
    throw new CandleError('EMPTY', `${symbol} ${timeframe}: there are no candles to write.`, { symbol, timeframe })
  }
  const day = ({ openTimeMs }: Candle): string => new Date(openTimeMs).toISOString().slice(0, 10)
  const name = `${seriesFileName(exchange, symbol)}_${timeframe}_${day(candles[0])}_${day(candles[candles.length - 1])}.csv.gz`
  const facts = parseCandleFileName(name)
  if (facts?.symbol !== symbol || facts.exchange !== exchange) {
    throw new CandleError(
      'FILE_NAME',
      `"${exchange}" and "${symbol}" cannot be written as a file name that reads back the same; use a lower-case exchange and a symbol like BTC/USDT.`,
      { exchange, symbol },
    )
  }
  return name
}

const zip = promisify(gzip)

/**
 * Writes candles as gzipped CSV into a folder, whole or not at all; returns the path.
 * @throws CandleError `EMPTY`, `FILE_NAME`
 */
export async function writeCandleFile(folder: string, file: CandleFile): Promise<string> {
  const path = join(folder, candleFileName(file))
  await writeFileAtomically(path, await zip(formatCandleCsv(file.candles)))
  return path
}
