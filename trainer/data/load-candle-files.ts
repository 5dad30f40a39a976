import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Candle } from '../../sdk/candle/candle.ts'
import { CANDLE_CSV_HEADER } from '../../sdk/candle/candle-csv.ts'
import { ConfigError } from '../../sdk/errors.ts'
import { CANDLE_FILE_NAME, type CandleFile, parseCandleFileName } from './candle-file.ts'
import { toCandles } from './candle-table.ts'
import { fileError } from './import/file-error.ts'
import { readMarketFile } from './import/read-market-file.ts'

/**
 * Reads one candle file, or all of a folder, in order of their names. Files in a folder that are not named as candle
 * files are left alone.
 *
 * @throws ConfigError `NO_SUCH_PATH`, `NO_CANDLE_FILES`, `DUPLICATE_SYMBOL`; SourceError as `readMarketFile` throws
 */
export async function loadCandleFiles(path: string): Promise<CandleFile[]> {
  const paths = await candlePaths(path)
  checkUnique(paths)
  const files: CandleFile[] = []
  // one after the other: a file of seven years is 100 MB of text and objects while it is read
  for (const { file, facts } of paths) {
    files.push({ ...facts, candles: await readCandles(file) })
  }
  return files
}

async function readCandles(path: string): Promise<Candle[]> {
  const { series, layout } = await readMarketFile(path, { format: 'edgequant' })
  const candles = series.find(({ key }) => key.kind === 'candle')
  if (candles !== undefined) return toCandles(candles.table)
  throw fileError(
    'CSV_HEADER',
    { path, line: 1 },
    `this is ${layout}; expected candles with the header "${CANDLE_CSV_HEADER}". Name the file for what it is.`,
  )
}

interface NamedFile {
  readonly file: string
  readonly facts: Omit<CandleFile, 'candles'>
}

async function candlePaths(path: string): Promise<NamedFile[]> {
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      throw new ConfigError(
        'NO_SUCH_PATH',
        `Cannot read candles from "${path}" (${error.code}). Give a file or folder that exists.`,
        {
          path,
          cause: error.code,
        },
      )
    },
  )
  const candidates = isFolder ? (await readdir(path)).sort().map(name => join(path, name)) : [path]
  const named = candidates.flatMap(file => {
    const facts = parseCandleFileName(file)
    return facts ? [{ file, facts }] : []
  })
  if (named.length === 0) {
    throw new ConfigError(
      'NO_CANDLE_FILES',
      isFolder
        ? `The folder "${path}" holds no candle files among its ${candidates.length} entries. Name them ${CANDLE_FILE_NAME}.`
        : `"${path}" is not named as a candle file. Name it ${CANDLE_FILE_NAME}, e.g. binance_BTCUSDT_1h_2024-01-01_2024-12-31.csv.gz.`,
      { path, entries: candidates.length },
    )
  }
  return named
}

/** Two files of one symbol and timeframe would be two histories of one market. */
function checkUnique(files: readonly NamedFile[]): void {
  const seen = new Map<string, string>()
  for (const { file, facts } of files) {
    const key = `${facts.symbol} ${facts.timeframe}`
    const other = seen.get(key)
    if (other !== undefined) {
      throw new ConfigError(
        'DUPLICATE_SYMBOL',
        `"${other}" and "${file}" both hold ${key} candles. Keep one of them in the folder.`,
        {
          symbol: facts.symbol,
          timeframe: facts.timeframe,
          files: [other, file],
        },
      )
    }
    seen.set(key, file)
  }
}
