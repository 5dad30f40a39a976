import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Candle } from '../../sdk/candle/candle.ts'
import { formatCandleCsv, parseCandleCsv } from '../../sdk/candle/candle-csv.ts'
import { CandleError } from '../../sdk/errors.ts'
import { TIMEFRAMES, type Timeframe } from '../../sdk/units.ts'
import { writeFileAtomically } from '../registry/write-file-atomically.ts'

/** One symbol's candles and where they come from; loose, not yet validated. */
export interface CandleFile {
  /** As in file names, e.g. `binance`. */
  readonly exchange: string
  /** e.g. `BTC/USDT` */
  readonly symbol: string
  readonly timeframe: Timeframe
  /** Oldest first. */
  readonly candles: readonly Candle[]
}

/** What a candle file's name says. */
export type CandleFileFacts = Omit<CandleFile, 'candles'>

export const CANDLE_FILE_NAME = '<exchange>_<SYMBOL>_<timeframe>_<first day>_<last day>.csv or .csv.gz'

const NAME = new RegExp(
  `^(?<exchange>[a-z0-9_]+)_(?<pair>[A-Z0-9-]+)_(?<timeframe>${Object.keys(TIMEFRAMES).join('|')})_\\d{4}-\\d\\d-\\d\\d_\\d{4}-\\d\\d-\\d\\d\\.csv(?:\\.gz)?$`,
)

/** Exchanges write a pair without a separator; the longest quote that fits is the quote. */
const QUOTES = ['FDUSD', 'USDT', 'USDC', 'BUSD', 'TUSD', 'USD', 'EUR', 'GBP', 'TRY', 'BTC', 'ETH', 'BNB']

function symbolOfPair(pair: string): string {
  if (pair.includes('-')) return pair.replace('-', '/')
  const quote = QUOTES.find(q => pair.endsWith(q) && pair.length > q.length)
  return quote === undefined ? pair : `${pair.slice(0, -quote.length)}/${quote}`
}

/** `BTCUSDT` where that reads back to the same symbol, else `BASE-QUOTE`. */
function pairOfSymbol(symbol: string): string {
  const joined = symbol.replace('/', '')
  return symbolOfPair(joined) === symbol ? joined : symbol.replace('/', '-')
}

/** What a file name says, or null where it is not a candle file's name. */
export function parseCandleFileName(path: string): CandleFileFacts | null {
  const groups = NAME.exec(basename(path))?.groups
  if (!groups) return null
  return {
    exchange: groups.exchange,
    symbol: symbolOfPair(groups.pair),
    timeframe: groups.timeframe as Timeframe,
  }
}

/** @throws CandleError `EMPTY`, `FILE_NAME` */
function candleFileName({ exchange, symbol, timeframe, candles }: CandleFile): string {
  if (candles.length === 0) {
    throw new CandleError('EMPTY', `${symbol} ${timeframe}: there are no candles to write.`, { symbol, timeframe })
  }
  const day = ({ openTimeMs }: Candle): string => new Date(openTimeMs).toISOString().slice(0, 10)
  const name = `${exchange}_${pairOfSymbol(symbol)}_${timeframe}_${day(candles[0])}_${day(candles[candles.length - 1])}.csv.gz`
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
const unzip = promisify(gunzip)

/**
 * Writes candles as gzipped CSV into a folder, whole or not at all; returns the path.
 * @throws CandleError `EMPTY`, `FILE_NAME`
 */
export async function writeCandleFile(folder: string, file: CandleFile): Promise<string> {
  const path = join(folder, candleFileName(file))
  await writeFileAtomically(path, await zip(formatCandleCsv(file.candles)))
  return path
}

/**
 * Candles from the bytes of a CSV or gzipped CSV file.
 * @throws CandleError `CORRUPT_GZIP` and what `parseCandleCsv` throws
 */
export async function readCandles(bytes: Uint8Array, path: string): Promise<Candle[]> {
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b
  if (!zipped) return parseCandleCsv(new TextDecoder().decode(bytes), path)
  let text: string
  try {
    text = (await unzip(bytes)).toString('utf8')
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    throw new CandleError(
      'CORRUPT_GZIP',
      `${path}: cannot be decompressed (${cause}; ${bytes.length} bytes). The file is truncated or altered; get it again.`,
      { path, cause, bytes: bytes.length },
    )
  }
  return parseCandleCsv(text, path)
}
