import type { Candle } from '../candle/candle.ts'
import { type CandleColumns, parseCandleCsv } from '../candle/candle-csv.ts'
import { CandleError, SourceError } from '../errors.ts'
import type { Timeframe } from '../units.ts'
import type { CandlePage, CandleRequest, CandleSource } from './candle-source.ts'
import { parquetPieces } from './parquet-candles.ts'
import { UrlFile } from './url-file.ts'
import { type FilePiece, pagesOfFile } from './url-pages.ts'

interface FileOptions {
  /** Default: `parquet` where the address ends in `.parquet`, else `csv`. */
  readonly format?: 'csv' | 'parquet'
  /**
   * What the file's columns are called, where they have other names than in our files: `timestamp` (CSV) or `openTimeMs`
   * (Parquet), `open`, `high`, `low`, `close`, `volume`. A file may have more columns.
   */
  readonly columns?: Partial<CandleColumns>
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch
}

/** One file, which holds one market: another one is not taken from it by mistake. */
export interface OneFileOptions extends FileOptions {
  readonly url: string
  /** e.g. `BTC/USDT` */
  readonly symbol: string
  readonly timeframe: Timeframe
  /** The source's name; default: the address. */
  readonly name?: string
}

/** Many files, each with one market. */
export interface ManyFilesOptions extends FileOptions {
  /** Address of the file that holds what is asked for. */
  readonly url: (request: CandleRequest) => string
  /** The source's name. */
  readonly name: string
}

export type UrlCandleSourceOptions = OneFileOptions | ManyFilesOptions

/**
 * Candles of files on a server, as `trainer data export` writes them: CSV with the header
 * `timestamp,open,high,low,close,volume` (also gzipped), or Parquet with `openTimeMs` (a timestamp, or ms) and the same
 * columns.
 *
 * A CSV is downloaded whole. Of a Parquet file, where the server knows ranges, only the row groups with what was asked for
 * are. It is read by the optional package `hyparquet` (and `hyparquet-compressors`, if it is compressed by anything but
 * SNAPPY), which is loaded with the first such file.
 *
 * A file is complete from its first to its last candle: what it lacks in between, it will never have. It is not the last
 * word on any other time.
 *
 * @example
 * const source = urlCandleSource({ url: '/candles/btc.parquet', symbol: 'BTC/USDT', timeframe: '1h' })
 *
 * @throws From `pages`: SourceError `INVALID_URL`, `WRONG_MARKET`, `DOWNLOAD_FAILED`, `NOT_A_CANDLE_FILE`, `FILE_CHANGED`,
 *   `MISSING_COLUMN`, `BAD_VALUE`, `WRONG_TIMEFRAME`, `HYPARQUET_MISSING`, `COMPRESSORS_MISSING`; CandleError `EMPTY`,
 *   `CSV_HEADER`, `CSV_FIELD_COUNT`, `CSV_NUMBER`, `CSV_TRUNCATED`, `NON_FINITE`, `MISALIGNED_TIME`, `DUPLICATE_TIME`,
 *   `UNORDERED_TIME`; AbortedError
 */
export function urlCandleSource(options: UrlCandleSourceOptions): CandleSource {
  return {
    name: typeof options.url === 'string' ? (options.name ?? options.url) : (options.name as string),
    pages: (request, { signal } = {}) => pagesOfUrl(options, request, signal),
  }
}

async function* pagesOfUrl(
  options: UrlCandleSourceOptions,
  request: CandleRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<CandlePage> {
  const url = addressOf(options, request)
  const file = new UrlFile(url, { fetch: options.fetch ?? globalThis.fetch, signal })
  const format = options.format ?? (/\.parquet$/i.test(new URL(url).pathname) ? 'parquet' : 'csv')
  const pieces = format === 'csv' ? await csvPieces(file, options) : await parquetPieces(file, parquetColumns(options))
  if (pieces.length === 0) {
    throw new CandleError('EMPTY', `${url} has no candles. Write it again, or give the address of another file.`, {
      url,
    })
  }
  yield* pagesOfFile(url, pieces, request, signal)
}

function addressOf(options: UrlCandleSourceOptions, request: CandleRequest): string {
  if ('symbol' in options && (request.symbol !== options.symbol || request.timeframe !== options.timeframe)) {
    const { url, symbol, timeframe } = options
    throw new SourceError(
      'WRONG_MARKET',
      `${url} holds ${symbol} ${timeframe}, as its source was told; asked for was ${request.symbol} ${request.timeframe}. Make another source, or one that gives an address for each market.`,
      { url, holds: { symbol, timeframe }, asked: { symbol: request.symbol, timeframe: request.timeframe } },
    )
  }
  const address = typeof options.url === 'string' ? options.url : options.url(request)
  try {
    return new URL(address, globalThis.location?.href).href
  } catch {
    throw new SourceError(
      'INVALID_URL',
      `'${address}' is no URL. Give an absolute one, or, in a page, one relative to it, e.g. '/candles/btc.csv'.`,
      { url: address },
    )
  }
}

const parquetColumns = ({ columns }: FileOptions): CandleColumns => ({
  openTimeMs: 'openTimeMs',
  open: 'open',
  high: 'high',
  low: 'low',
  close: 'close',
  volume: 'volume',
  ...columns,
})

/** A CSV is one piece: nothing says beforehand where in it a time is. */
async function csvPieces(file: UrlFile, { columns }: FileOptions): Promise<FilePiece[]> {
  const text = await textOf(await file.read(), file.url)
  if (/^\s*</.test(text)) {
    failFile(file.url, `begins with "${text.trim().slice(0, 40)}": a page, not candles`, 'Check the address.')
  }
  if (text.startsWith('PAR1')) failFile(file.url, 'is a Parquet file', "Set the option format: 'parquet'.")
  if (text !== '' && !text.endsWith('\n')) {
    throw new CandleError(
      'CSV_TRUNCATED',
      `${file.url} ends with "${text.slice(-40)}", in the middle of a line: it may have been cut off. Write it again, with a line break at its end.`,
      { url: file.url },
    )
  }
  const candles: Candle[] = parseCandleCsv(text, file.url, columns)
  return candles.length === 0 ? [] : [{ span: null, read: async () => candles }]
}

/** Servers send a `.csv.gz` as it is, or as text whose transport is compressed; what came tells which. */
async function textOf(bytes: ArrayBuffer, url: string): Promise<string> {
  const [first, second] = new Uint8Array(bytes)
  if (first !== 0x1f || second !== 0x8b) return new TextDecoder().decode(bytes)
  try {
    return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text()
  } catch (cause) {
    return failFile(url, `cannot be unzipped: ${(cause as Error).message}`, 'It may have been cut off: write it again.')
  }
}

function failFile(url: string, problem: string, remedy: string): never {
  throw new SourceError('NOT_A_CANDLE_FILE', `${url} ${problem}. ${remedy}`, { url })
}
