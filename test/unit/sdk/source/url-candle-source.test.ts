import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { formatCandleCsv } from '../../../../sdk/candle/candle-csv.ts'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'
import type { CandlePage, CandleRequest } from '../../../../sdk/source/candle-source.ts'
import { type UrlCandleSourceOptions, urlCandleSource } from '../../../../sdk/source/url-candle-source.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { type FileServer, startFileServer } from '../../../fixtures/file-server.ts'

const SYMBOL = 'BTC/USDT'
const START_MS = Date.UTC(2023, 0, 1)
/** A market with a hole: hour 3,000 to 3,009 are missing. */
const HOLE = { from: 3_000, to: 3_010 }
const market = simulateMarket({
  symbols: [SYMBOL],
  candles: 20_000,
  timeframe: '1h',
  seed: 9,
  startTimeMs: START_MS,
}).get(SYMBOL)!
const candles = market.filter((_, i) => i < HOLE.from || i >= HOLE.to)
const at = (hour: number) => START_MS + hour * HOUR_MS
const hours = (from: number, to: number) => ({ fromMs: at(from), toMs: at(to) })
const expected = (from: number, to: number) =>
  candles.filter(({ openTimeMs }) => openTimeMs >= at(from) && openTimeMs < at(to))

const text = (value: string) => new TextEncoder().encode(value)
const csv = text(formatCandleCsv(candles))

interface ParquetOptions {
  readonly time?: 'TIMESTAMP' | 'INT64' | 'DOUBLE'
  readonly names?: Partial<Record<keyof Candle, string>>
  readonly rowGroupSize?: number
  readonly rows?: readonly Candle[]
}

function parquet({ time = 'TIMESTAMP', names = {}, rowGroupSize = 2_000, rows = candles }: ParquetOptions = {}) {
  const times = rows.map(candle => candle.openTimeMs)
  const data = {
    TIMESTAMP: () => times.map(timeMs => new Date(timeMs)),
    INT64: () => BigInt64Array.from(times, BigInt),
    DOUBLE: () => Float64Array.from(times),
  }
  const numbers = (['open', 'high', 'low', 'close', 'volume'] as const).map(field => ({
    name: names[field] ?? field,
    data: Float64Array.from(rows, candle => candle[field]),
    type: 'DOUBLE' as const,
  }))
  const columnData = [{ name: names.openTimeMs ?? 'openTimeMs', data: data[time](), type: time }, ...numbers]
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize }))
}

let server: FileServer
let withoutRanges: FileServer
let duckDbFile: Uint8Array
const scratch = mkdtempSync(join(tmpdir(), 'edgequant-url-'))

beforeAll(async () => {
  server = await startFileServer()
  withoutRanges = await startFileServer({ ranges: false, head: false })
  duckDbFile = await writtenByDuckDb()
})
beforeEach(() => {
  server.files.clear()
  server.requests.length = 0
})
afterAll(async () => {
  await server.close()
  await withoutRanges.close()
  rmSync(scratch, { recursive: true })
})

/** As people who do not use our exporter write it: another writer, Zstandard, time as a timestamp with a zone. */
async function writtenByDuckDb(): Promise<Uint8Array> {
  const csvPath = join(scratch, 'candles.csv')
  const path = join(scratch, 'candles.parquet')
  writeFileSync(csvPath, csv)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (SELECT to_timestamp(timestamp / 1000) AS "openTimeMs", open, high, low, close, volume,
    'BTC' AS note FROM read_csv('${csvPath}') ORDER BY 1) TO '${path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 4096)`)
  connection.closeSync()
  instance.closeSync()
  return readFileSync(path)
}

function serve(path: string, bytes: Uint8Array, more: object = {}): string {
  server.files.set(path, { bytes, ...more })
  return `${server.url}${path}`
}

const oneFile = (url: string, more: Partial<UrlCandleSourceOptions> = {}) =>
  urlCandleSource({ url, symbol: SYMBOL, timeframe: '1h', ...more } as UrlCandleSourceOptions)

async function pagesOf(
  source: ReturnType<typeof urlCandleSource>,
  range: { fromMs: number; toMs: number },
  more: Partial<CandleRequest> & { signal?: AbortSignal } = {},
): Promise<CandlePage[]> {
  const { signal, ...request } = more
  const pages: CandlePage[] = []
  const asked = { symbol: SYMBOL, timeframe: '1h', ...range, ...request } as const
  for await (const page of source.pages(asked, signal ? { signal } : {})) pages.push(page)
  return pages
}

const rowsOf = (pages: readonly CandlePage[]) => pages.flatMap(page => page.candles)
const failure = (work: Promise<unknown>) =>
  work.then(
    () => new Error('It succeeded.'),
    error => error,
  )

const parquetBytes = parquet()
const withIntegers = parquet({ time: 'INT64' })
const withDoubles = parquet({ time: 'DOUBLE' })

const files = {
  CSV: () => serve('/btc.csv', csv),
  'zipped CSV': () => serve('/btc.csv.gz', gzipSync(csv)),
  'CSV whose transport is compressed': () =>
    serve('/btc.csv', gzipSync(csv), { headers: { 'content-encoding': 'gzip' } }),
  'Parquet with timestamps': () => serve('/btc.parquet', parquetBytes),
  'Parquet with integers': () => serve('/btc.parquet', withIntegers),
  'Parquet with doubles': () => serve('/btc.parquet', withDoubles),
  'Parquet of DuckDB, by Zstandard': () => serve('/btc.parquet', duckDbFile),
}

describe.each(Object.entries(files))('candles of a URL: %s', (_, put) => {
  it.each([
    ['all', -10, 25_000],
    ['a part', 5_000, 5_007],
    ['a part across the hole', 2_990, 3_020],
    ['the last one', 19_999, 20_000],
  ])('are those asked for: %s', async (_range, from, to) => {
    const pages = await pagesOf(oneFile(put()), hours(from, to))
    expect(rowsOf(pages)).toEqual(expected(from, to))
  })

  it('are complete from the first to the last, the hole included, and not beyond', async () => {
    const pages = await pagesOf(oneFile(put()), hours(-10, 25_000))
    expect(pages[0].complete.fromMs).toBe(at(0))
    expect(pages.at(-1)!.complete.toMs).toBe(at(20_000))
    for (const [i, { complete }] of pages.slice(1).entries()) expect(complete.fromMs).toBe(pages[i].complete.toMs)
  })

  it('are none in a hole, for good, and none where the file ends, which could still come', async () => {
    const source = oneFile(put())
    expect(await pagesOf(source, hours(3_002, 3_006))).toEqual([{ candles: [], complete: hours(3_002, 3_006) }])
    expect(await pagesOf(source, hours(20_000, 20_010))).toEqual([])
    expect(await pagesOf(source, hours(-10, 0))).toEqual([])
  })
})

describe('a Parquet file on a server that knows ranges', () => {
  it('is read by its size, its footer and the row groups with what was asked for', async () => {
    const bytes = parquet()
    await pagesOf(oneFile(serve('/btc.parquet', bytes)), hours(5_000, 5_007))
    expect(server.requests.map(({ method, status }) => [method, status])).toEqual([
      ['HEAD', 200],
      ['GET', 206],
      ['GET', 206],
    ])
    // A footer of 64 kB at most, and one group of 2,000 rows: six columns of 8 bytes.
    const read = server.requests.reduce((sum, request) => sum + request.bytes, 0)
    expect(read).toBeLessThan(64 * 1024 + 2_000 * 6 * 8 * 1.1)
    expect(read).toBeLessThan(bytes.length / 4)
  })

  it('is read without the columns that nobody asked for', async () => {
    const rows = candles.slice(0, 4_000)
    const wide = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'openTimeMs', data: rows.map(c => new Date(c.openTimeMs)), type: 'TIMESTAMP' },
          { name: 'noise', data: rows.map((_, i) => `${i}`.repeat(200)), type: 'STRING' },
          ...(['open', 'high', 'low', 'close', 'volume'] as const).map(name => ({
            name,
            data: Float64Array.from(rows, c => c[name]),
            type: 'DOUBLE' as const,
          })),
        ],
        codec: 'UNCOMPRESSED',
      }),
    )
    const pages = await pagesOf(oneFile(serve('/btc.parquet', wide)), hours(0, 4_010))
    expect(rowsOf(pages)).toEqual(rows)
    const read = server.requests.reduce((sum, request) => sum + request.bytes, 0)
    expect(read).toBeLessThan(64 * 1024 + 4_000 * 6 * 8 * 1.1)
    expect(wide.length).toBeGreaterThan(2_000_000)
  })

  it('stops reading when nobody asks for more', async () => {
    const source = oneFile(serve('/btc.parquet', parquet()))
    for await (const { candles: first } of source.pages({ symbol: SYMBOL, timeframe: '1h', ...hours(0, 20_000) })) {
      expect(first).toEqual(expected(0, 2_000))
      break
    }
    expect(server.requests).toHaveLength(3)
  })

  it('is not put together from two versions', async () => {
    const url = serve('/btc.parquet', parquet(), { headers: { etag: '"1"' } })
    const pages = oneFile(url)
      .pages({ symbol: SYMBOL, timeframe: '1h', ...hours(0, 20_000) })
      [Symbol.asyncIterator]()
    await pages.next()
    serve('/btc.parquet', parquet(), { headers: { etag: '"2"' } })
    expect(await failure(pages.next())).toMatchObject({
      name: 'SourceError',
      code: 'FILE_CHANGED',
      details: { url, before: '"1"', now: '"2"' },
    })
  })
})

describe('a Parquet file on a server that knows neither ranges nor HEAD', () => {
  it('is downloaded whole, once', async () => {
    withoutRanges.files.set('/btc.parquet', { bytes: parquet() })
    const pages = await pagesOf(oneFile(`${withoutRanges.url}/btc.parquet`), hours(5_000, 9_000))
    expect(rowsOf(pages)).toEqual(expected(5_000, 9_000))
    expect(withoutRanges.requests.filter(({ method }) => method === 'GET')).toHaveLength(1)
  })
})

describe('a source of many files', () => {
  it('asks for the file of the market', async () => {
    serve('/BTC-USDT/1h.csv', csv)
    const source = urlCandleSource({
      name: 'archive',
      url: ({ symbol, timeframe }) => `${server.url}/${symbol.replace('/', '-')}/${timeframe}.csv`,
    })
    expect(source.name).toBe('archive')
    expect(rowsOf(await pagesOf(source, hours(0, 5)))).toEqual(expected(0, 5))
    expect(await failure(pagesOf(source, hours(0, 5), { symbol: 'ETH/USDT' }))).toMatchObject({
      code: 'DOWNLOAD_FAILED',
      details: { url: `${server.url}/ETH-USDT/1h.csv`, status: 404 },
    })
  })
})

describe('columns of other names', () => {
  const columns = { openTimeMs: 'Date', volume: 'Volume BTC' }

  it('are read from CSV, in any order, beside others', async () => {
    const rows = candles.slice(0, 3).map(c => `x,${c.volume},${c.open},${c.high},${c.low},${c.close},${c.openTimeMs}`)
    const url = serve('/btc.csv', text(`note,Volume BTC,open,high,low,close,Date\n${rows.join('\n')}\n`))
    expect(rowsOf(await pagesOf(oneFile(url, { columns }), hours(0, 5)))).toEqual(expected(0, 3))
  })

  it('are read from Parquet', async () => {
    const url = serve('/btc.parquet', parquet({ names: columns }))
    expect(rowsOf(await pagesOf(oneFile(url, { columns }), hours(0, 5)))).toEqual(expected(0, 5))
  })
})

describe('the candle in progress', () => {
  it('is not given, though the file has it', async () => {
    vi.useFakeTimers({ now: at(100) + 1, toFake: ['Date'] })
    const pages = await pagesOf(oneFile(serve('/btc.csv', csv)), hours(90, 110))
    vi.useRealTimers()
    expect(pages).toEqual([{ candles: expected(90, 100), complete: hours(90, 100) }])
  })
})

const lines = formatCandleCsv(candles.slice(0, 30)).split('\n')
const withLine = (index: number, line: string) => text(lines.map((old, i) => (i === index ? line : old)).join('\n'))
const zipped = gzipSync(csv)

describe('what cannot be read', () => {
  it.each<[string, () => UrlCandleSourceOptions['url'], object]>([
    ['a missing file', () => `${server.url}/no.csv`, { name: 'SourceError', code: 'DOWNLOAD_FAILED' }],
    ['a missing Parquet file', () => `${server.url}/no.parquet`, { code: 'DOWNLOAD_FAILED', details: { status: 404 } }],
    [
      'a server in trouble',
      () => serve('/btc.csv', csv, { status: 503 }),
      { code: 'DOWNLOAD_FAILED', details: { status: 503 } },
    ],
    [
      'nobody there',
      () => 'http://127.0.0.1:9/btc.csv',
      { code: 'DOWNLOAD_FAILED', details: { status: null }, message: expect.stringContaining('CORS') },
    ],
    [
      'a cut connection',
      () => serve('/btc.csv', csv, { cutAt: 1_000 }),
      { code: 'DOWNLOAD_FAILED', details: { status: null } },
    ],
    [
      'a connection cut within Parquet',
      () => serve('/btc.parquet', parquetBytes, { cutAt: 1_000 }),
      { code: 'DOWNLOAD_FAILED', details: { status: null } },
    ],
    ['no URL', () => '/relative.csv', { code: 'INVALID_URL', message: expect.stringContaining("'/relative.csv'") }],
    [
      "an app's page in place of a CSV",
      () => serve('/btc.csv', text('<!doctype html><title>App</title>'), { type: 'text/html' }),
      { code: 'NOT_A_CANDLE_FILE', message: expect.stringContaining('<!doctype html>') },
    ],
    [
      "an app's page in place of a Parquet file",
      () => serve('/btc.parquet', text('<!doctype html><title>App</title>'), { type: 'text/html' }),
      { code: 'NOT_A_CANDLE_FILE', message: expect.stringContaining('a page of the app') },
    ],
    [
      'Parquet taken for CSV',
      () => serve('/btc.csv', parquetBytes),
      { code: 'NOT_A_CANDLE_FILE', message: expect.stringContaining("format: 'parquet'") },
    ],
    ['an empty file', () => serve('/btc.csv', new Uint8Array()), { code: 'CSV_HEADER' }],
    ['a header without rows', () => serve('/btc.csv', text(`${lines[0]}\n`)), { name: 'CandleError', code: 'EMPTY' }],
    ['Parquet without rows', () => serve('/btc.parquet', parquet({ rows: [] })), { code: 'EMPTY' }],
    [
      'another header',
      () => serve('/btc.csv', withLine(0, 'time,o,h,l,c,v')),
      { code: 'CSV_HEADER', message: expect.stringContaining('time,o,h,l,c,v') },
    ],
    ['a CSV cut off within its last number', () => serve('/btc.csv', csv.subarray(0, -4)), { code: 'CSV_TRUNCATED' }],
    ['a cut zip', () => serve('/btc.csv.gz', zipped.subarray(0, 5_000)), { code: 'NOT_A_CANDLE_FILE' }],
    [
      'a zip cut before its checksum',
      () => serve('/btc.csv.gz', zipped.subarray(0, -4)),
      { code: 'NOT_A_CANDLE_FILE' },
    ],
    [
      'a half-written Parquet file',
      () => serve('/btc.parquet', parquetBytes.subarray(0, 300_000)),
      { code: 'NOT_A_CANDLE_FILE', message: expect.stringContaining('footer') },
    ],
    [
      'a Parquet file with damaged pages',
      () =>
        serve(
          '/btc.parquet',
          parquetBytes.map((byte, i) => (i > 4 && i < 400_000 ? 255 - byte : byte)),
        ),
      { code: 'NOT_A_CANDLE_FILE' },
    ],
    [
      'missing columns',
      () => serve('/btc.parquet', parquet({ names: { openTimeMs: 'timestamp' } })),
      {
        code: 'MISSING_COLUMN',
        details: { missing: ['openTimeMs'] },
        message: expect.stringContaining('it has "timestamp", "open"'),
      },
    ],
    [
      'no number',
      () => serve('/btc.csv', withLine(3, `${at(2)},1,2,0.5,null,3`)),
      { code: 'CSV_NUMBER', message: expect.stringContaining('line 4, close: "null"') },
    ],
    [
      'NaN',
      () => serve('/btc.parquet', parquet({ rows: [{ ...candles[0], close: Number.NaN }] })),
      { code: 'NON_FINITE', details: { field: 'close', value: Number.NaN } },
    ],
    [
      'seconds for milliseconds',
      () => serve('/btc.csv', withLine(1, `${at(0) / 1000 + 60},1,2,0.5,1,3`)),
      { code: 'MISALIGNED_TIME', message: expect.stringContaining('not seconds') },
    ],
    ['rows out of order', () => serve('/btc.csv', withLine(5, lines[9])), { code: 'UNORDERED_TIME' }],
    ['a row that comes twice', () => serve('/btc.csv', withLine(5, lines[4])), { code: 'DUPLICATE_TIME' }],
    [
      'row groups out of order',
      () => serve('/btc.parquet', parquet({ rows: [...candles.slice(2_000, 4_000), ...candles.slice(0, 2_000)] })),
      { code: 'UNORDERED_TIME' },
    ],
  ])('%s: a typed error that says where', async (_, put, said) => {
    const url = put() as string
    const error = await failure(pagesOf(oneFile(url), hours(0, 20_000)))
    expect(error).toMatchObject(said)
    expect(error.message).toContain(url)
  })

  it('a CSV cut off anywhere: an error, or whole rows', async () => {
    const three = text(formatCandleCsv(candles.slice(0, 3)))
    const outcomes = new Set<string>()
    for (let length = 0; length < three.length; length++) {
      const url = serve('/btc.csv', three.subarray(0, length))
      const rows = await pagesOf(oneFile(url), hours(0, 3)).then(rowsOf, error => String(error.code))
      if (typeof rows !== 'string') expect(rows).toEqual(candles.slice(0, rows.length))
      outcomes.add(typeof rows === 'string' ? rows : `${rows.length} rows`)
    }
    expect([...outcomes].sort()).toEqual(['1 rows', '2 rows', 'CSV_HEADER', 'CSV_TRUNCATED', 'EMPTY'])
  })

  it('a null in Parquet: a typed error that names row and column', async () => {
    const columnData = (['openTimeMs', 'open', 'high', 'low', 'close', 'volume'] as const).map(name => ({
      name,
      data: candles.slice(0, 3).map((c, i) => (name === 'volume' && i === 1 ? null : c[name])),
      type: 'DOUBLE' as const,
      nullable: true,
    }))
    const url = serve('/btc.parquet', new Uint8Array(parquetWriteBuffer({ columnData })))
    expect(await failure(pagesOf(oneFile(url), hours(0, 3)))).toMatchObject({
      code: 'BAD_VALUE',
      details: { row: 1, column: 'volume', value: 'null' },
    })
  })

  it('candles of another timeframe', async () => {
    const error = await failure(
      pagesOf(oneFile(serve('/btc.csv', csv), { timeframe: '15m' }), hours(0, 5), { timeframe: '15m' }),
    )
    expect(error).toMatchObject({ code: 'WRONG_TIMEFRAME', details: { asked: '15m', found: '1h' } })
  })

  it('another market than the one the file holds', async () => {
    const error = await failure(pagesOf(oneFile(serve('/btc.csv', csv)), hours(0, 5), { symbol: 'ETH/USDT' }))
    expect(error).toMatchObject({ code: 'WRONG_MARKET', message: expect.stringContaining('asked for was ETH/USDT 1h') })
    expect(server.requests).toEqual([])
  })

  it('anything, once the signal has fired', async () => {
    const source = oneFile(serve('/btc.parquet', parquetBytes))
    const abort = new AbortController()
    const pages = source.pages({ symbol: SYMBOL, timeframe: '1h', ...hours(0, 20_000) }, { signal: abort.signal })
    const iterator = pages[Symbol.asyncIterator]()
    await iterator.next()
    abort.abort()
    expect(await failure(iterator.next())).toMatchObject({ name: 'AbortedError' })
    expect(await failure(pagesOf(source, hours(0, 5), { signal: abort.signal }))).toMatchObject({
      name: 'AbortedError',
    })
  })
})
