import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { readMarketFile } from '../../../../../trainer/data/import/read-market-file.ts'
import { failureOf, readLinesAs, writeMarketFile } from './market-file.ts'

const NAME = 'binance_BTCUSDT_1h_2024-01-01_2024-01-02.csv'
const HEADER = 'timestamp,open,high,low,close,volume'
const ROW = '1704067200000,1,2,0.5,1.5,10'
const NEXT = '1704070800000,1.5,2,1,1.75,12.25'

const failure = (content: string | Uint8Array, name = NAME) =>
  writeMarketFile(name, content).then(path => failureOf(readMarketFile(path)))
const failureOfLines = (lines: readonly string[], name = NAME) => failureOf(readLinesAs(name, lines))

describe('a file of another layout', () => {
  it('is named, and the flag that reads it', async () => {
    const path = await writeMarketFile('x.csv', 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n')
    const error = await failureOf(readMarketFile(path, { format: 'binance' }))
    expect(error).toMatchObject({ code: 'CSV_HEADER', details: { line: 1 } })
    expect(error.message).toContain(
      `${path}, line 1: the header is "exchange,symbol,timestamp,local_timestamp,id,side,price,amount"; this looks like tardis trades, not binance: --format tardis.`,
    )
  })

  it('is quoted beside what comes nearest, and all that is known', async () => {
    const error = await failureOfLines(['timestamp,open,high,low,close', '1704067200000,1,2,0.5,1.5'])
    expect(error.code).toBe('CSV_HEADER')
    expect(error.message).toContain('the header is "timestamp,open,high,low,close"; expected one like')
    expect(error.message).toContain(`"${HEADER}" (edgequant candles)`)
    expect(error.message).toContain('tardis trades, liquidations, book_snapshot_5')
  })

  it('without a header is none of ours unless its name says so', async () => {
    const error = await failureOfLines([ROW])
    expect(error.code).toBe('CSV_HEADER')
    expect(error.message).toContain(`there is no header; line 1 is "${ROW}"`)
  })
})

describe('a half-written file', () => {
  it('that ends within a row is quoted with its line', async () => {
    const error = await failure(`${HEADER}\n${ROW}\n1704070800000,1.5,2`)
    expect(error).toMatchObject({ code: 'CSV_FIELD_COUNT', details: { line: 3, value: '1704070800000,1.5,2' } })
    expect(error.message).toContain('found 3 fields in "1704070800000,1.5,2"; expected 6')
  })

  it('that ends within the last number is not taken for whole', async () => {
    const error = await failure(`${HEADER}\n${ROW}\n${NEXT.slice(0, -1)}`)
    expect(error).toMatchObject({ code: 'CSV_CUT_SHORT', details: { line: 3 } })
  })

  it('whose end is NUL bytes says so', async () => {
    const error = await failure(`${HEADER}\n${ROW}\n${'\0'.repeat(500)}`)
    expect(error).toMatchObject({ code: 'CSV_FIELD_COUNT', details: { line: 3 } })
    const cut = await failure(`${HEADER}\n${ROW}\n${NEXT.slice(0, -3)}${'\0'.repeat(500)}`)
    expect(cut).toMatchObject({ code: 'CSV_NUMBER', details: { line: 3, field: 'volume' } })
    expect(cut.message).toContain('These are NUL bytes: the file was not written to its end')
  })

  it('that is gzipped needs no end of line, as its length is known', async () => {
    const path = await writeMarketFile(`${NAME}.gz`, gzipSync(`${HEADER}\n${ROW}`))
    expect((await readMarketFile(path)).series[0].table.length).toBe(1)
  })

  it('that is not what its checksum says is refused, and one that is, is read', async () => {
    const name = 'data/spot/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-01.csv'
    const row = '1704067200000,1,2,0.5,1.5,10,1704070799999,15,1,5,7,0\n'
    const sum = createHash('sha256').update(row).digest('hex')
    await writeMarketFile(`${name}.CHECKSUM`, `${sum}  BTCUSDT-1h-2024-01.csv\n`)
    expect((await readMarketFile(await writeMarketFile(name, row))).series).toHaveLength(1)
    const error = await failure(row.replace('10,', '11,'), name)
    expect(error.code).toBe('CHECKSUM')
    expect(error.message).toContain(`BTCUSDT-1h-2024-01.csv.CHECKSUM says ${sum.slice(0, 12)}…`)
    await writeMarketFile(`${name}.CHECKSUM`, 'not found')
    expect((await failure(row, name)).message).toContain('holds no SHA-256 ("not found")')
  })
})

describe('a value that is none', () => {
  it.each([
    ['1704070800000,1.5,2,1,1.75x,12', 'CSV_NUMBER', 'close', '"1.75x" is not a decimal number'],
    ['1704070800000,1.5,0x10,1,1.75,12', 'CSV_NUMBER', 'high', '"0x10" is not a decimal number'],
    ['1704070800000,1.5,2,1,Infinity,12', 'CSV_NUMBER', 'close', '"Infinity" is not a decimal number'],
    ['1704070800,1.5,2,1,1.75,12', 'CSV_TIME', 'timestamp', 'it looks like seconds'],
    ['2024-01-01,1.5,2,1,1.75,12', 'CSV_TIME', 'timestamp', '"2024-01-01" is no time in milliseconds'],
    ['"1704070800000",1.5,2,1,1.75,12', 'CSV_TIME', 'timestamp', 'is no time in milliseconds'],
    [',1.5,2,1,1.75,12', 'CSV_TIME', 'timestamp', '"" is no time'],
  ])('in %s is quoted with file, line and column', async (row, code, field, text) => {
    const error = await failureOfLines([HEADER, ROW, row])
    expect(error).toMatchObject({ code, details: { line: 3, field } })
    expect(error.message).toContain(`${NAME}, line 3, ${field}: `)
    expect(error.message).toContain(text)
    expect(error.message).toMatch(
      /(Correct or remove the line, or get the file again|Write the values without quotation marks)\.$/,
    )
  })

  it('is no missing value where values must be known', async () => {
    const name = 'binance_perp_LTCUSDT_funding_2020-01-09_2025-06-30.csv'
    const error = await failureOfLines(['timestamp,fundingRate', '1578556800000,'], name)
    expect(error).toMatchObject({ code: 'CSV_NUMBER', details: { line: 2, field: 'fundingRate' } })
  })

  it('is a side that is neither buy nor sell', async () => {
    const lines = ['timestamp,price,qty,side,trade_id', '1723161257679,61804.8,4,2,849714402']
    const error = await failureOfLines(lines, 'binance_spot_BTCUSDT_2024-08-08_trades.csv')
    expect(error).toMatchObject({ code: 'CSV_VALUE', details: { line: 2, field: 'side', value: '2' } })
    expect(error.message).toContain('"2" is none of')
  })
})

describe('a file as a spreadsheet writes it is told what to change', () => {
  it.each([
    ['a thousands separator', HEADER, '1704067200000,1,2,0.5,1.5,"1,234,567.8"', 'without, as 1234567.8'],
    ['one without quotes', HEADER, '1704067200000,1,2,0.5,1.5,1,234,567.8', 'thousands separators'],
    ['one between semicolons', HEADER.replaceAll(',', ';'), '1704067200000;1;2;0.5;1.5;1,234.5', 'separators: 1234.5.'],
    ['decimal commas', HEADER, '1704067200000,1,5,2,5,0,5,1,5,10,0', 'decimal commas: write them with a point'],
    ['one decimal comma', HEADER.replaceAll(',', ';'), '1704067200000;101,72;2;0.5;1.5;10', 'decimal point: 101.72.'],
    ['a separator at the end', HEADER, `${ROW},`, 'Remove the separator at the end of the lines.'],
    ['one at the end of the header', `${HEADER},`, `${ROW},`, 'Remove the separator at the end of the lines.'],
    ['quotation marks', HEADER, ROW.replace('0.5', '"0.5"'), 'without quotation marks'],
  ])('%s', async (_, header, row, remedy) => {
    const { message } = await failureOfLines([header, row])
    expect(message).toContain(remedy)
    expect(message).not.toContain('truncated')
  })
})

describe('an archive', () => {
  const rows = new TextEncoder().encode('1704067200000,1,2,0.5,1.5,10,1704070799999,15,1,5,7,0\n')
  const zip = (name: string, entry: string) => writeMarketFile(`spot/${name}`, zipSync({ [entry]: rows }))

  it.each([
    ['ETHUSDT-1h-2024-01.zip', 'BTCUSDT-1h-2024-01.csv', 'called by ETHUSDT, and the file in it'],
    ['BTCUSDT-4h-2024-01.zip', 'BTCUSDT-1h-2024-01.csv', 'called by 4h, and the file in it'],
  ])('%s with %s in it is refused', async (name, entry, text) => {
    const error = await failureOf(readMarketFile(await zip(name, entry)))
    expect(error).toMatchObject({ code: 'NAMES_DIFFER', details: { value: entry } })
    expect(error.message).toContain(text)
  })

  it('is taken where the caller says what it is, and where its file has any other name', async () => {
    const path = await zip('ETHUSDT-1h-2024-01.zip', 'BTCUSDT-1h-2024-01.csv')
    expect((await readMarketFile(path, { symbol: 'ETH/USDT' })).series[0].key.symbol).toBe('ETH/USDT')
    expect((await readMarketFile(await zip('ETHUSDT-1h-2024-01.zip', 'data.csv'))).series).toHaveLength(1)
  })
})

describe('what is no CSV at all', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['an empty file', '', 'EMPTY_FILE'],
    ['an empty gzip file, as Tardis has them for days without data', gzipSync(''), 'EMPTY_FILE'],
    ['a header and nothing more', `${HEADER}\n`, 'EMPTY_FILE'],
    ['UTF-16', Buffer.from(`\uFEFF${HEADER}\n${ROW}\n`, 'utf16le'), 'NOT_TEXT'],
    ['NUL bytes', new Uint8Array(4096), 'NOT_TEXT'],
    ['bytes that are no UTF-8', Uint8Array.from([0xc3, 0x28, 0x2c, 10]), 'NOT_TEXT'],
    ['a web page', '<!doctype html>\n<html></html>\n', 'CSV_HEADER'],
    ['two megabytes without a line end', Buffer.alloc(2e6, 'x'), 'NOT_TEXT'],
  ])('is refused: %s', async (_, content, code) => {
    const error = await failure(content)
    expect(error.code).toBe(code)
    expect(error.message).toContain(NAME)
  })

  it('but a byte order mark, CRLF and empty lines at the end do no harm', async () => {
    const path = await writeMarketFile(NAME, `\uFEFF${HEADER}\r\n${ROW}\r\n${NEXT}\r\n\r\n\n`)
    expect((await readMarketFile(path)).series[0].table.columns.close).toEqual(Float64Array.of(1.5, 1.75))
    expect((await failure(`${HEADER}\n${ROW}\n\n${NEXT}\n`)).details).toMatchObject({ line: 3 })
  })
})

it('a file of which nothing tells exchange, symbol and timeframe asks for them', async () => {
  const lines = [HEADER, ROW]
  expect((await failureOfLines(lines, 'prices.csv')).message).toMatch(/Add --exchange <ccxt id> and --symbol <BASE/)
  const path = await writeMarketFile('prices.csv', `${lines.join('\n')}\n`)
  const error = await failureOf(readMarketFile(path, { exchange: 'okx', symbol: 'BTC/USDT' }))
  expect(error.message).toContain('Add --timeframe <1m | 5m | 15m | 1h | 4h | 1d>')
  const odd = await failureOf(readMarketFile(path, { exchange: 'okx', symbol: 'BTCUSDT', timeframe: '1h' }))
  expect(odd.message).toContain('Add --symbol')
})
