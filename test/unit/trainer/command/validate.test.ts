import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatCandleCsv } from '../../../../sdk/candle/candle-csv.ts'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../../..')
const NAME = 'binance_BTCUSDT_1h_2020-01-01_2020-02-11.csv'
const candles = simulateMarket({ symbols: ['BTC/USDT'], candles: 1000, timeframe: '1h', seed: 1 }).get('BTC/USDT') ?? []

/** The trainer as a user starts it. */
function trainer(...args: string[]): Promise<{ status: number; output: string; stdout: string }> {
  const argv = ['--import', 'tsx', join('trainer', 'command', 'main.ts'), ...args]
  return new Promise(done => {
    execFile(process.execPath, argv, { cwd: REPOSITORY, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      done({ status: error ? Number(error.code) : 0, output: stdout + stderr, stdout })
    })
  })
}

describe('trainer validate', { timeout: 60_000 }, () => {
  let folder: string
  let holes: string
  let store: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgequant-validate-'))
    store = join(folder, 'store')
    holes = join(folder, NAME)
    await writeFile(
      holes,
      formatCandleCsv([...candles.slice(0, 300), ...candles.slice(303, 600), ...candles.slice(640)]),
    )
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('says in words what it found in a file, and writes a page of it', async () => {
    const report = join(folder, 'quality.html')
    const { status, output } = await trainer('validate', holes, '--report', report)
    expect(output).toMatch(
      /BTC\/USDT 1h +957 candles, 2020-01-01 – 2020-02-11: 0 errors, \d+ warnings, 1 repaired, worst month 2020-01: \d+/,
    )
    expect(output).toMatch(/noted {5}gap: 40 candles are missing, 2020-01-26T00:00:00Z to 2020-01-27T15:00:00Z\./)
    expect(output).toContain('nothing rejected')
    expect(status).toBe(0)
    expect(await readFile(report, 'utf8')).toMatch(/^<!doctype html>.*40 candles are missing/s)
  })

  it('ends with 1 where the policy rejects, and says what can be done', async () => {
    const { status, output } = await trainer('validate', holes, '--policy', 'gap=reject')
    expect(status).toBe(1)
    expect(output).toMatch(/2 REJECTED.*rejected {2}gap: 40 candles.*--policy gap=repair.*rejected: BTC\/USDT 1h/s)
  })

  it('refuses a policy that is none', async () => {
    const { status, output } = await trainer('validate', holes, '--policy', 'gpa=warn')
    expect([status, output.includes('Did you mean "gap"?')]).toEqual([1, true])
  })

  it('reads the other files where one cannot be read, and ends with 1', async () => {
    const odd = join(folder, 'binance_ETHUSDT_1h_2020-01-01_2020-01-02.csv')
    await writeFile(odd, 'when,what\n1,2\n')
    const { status, output } = await trainer('validate', odd, holes)
    expect(status).toBe(1)
    expect(output).toMatch(/SourceError CSV_HEADER/)
    expect(output).toMatch(/BTC\/USDT 1h +957 candles/)
  })

  it('judges the store where no file is named: repairs it, logs it, and tells a program', async () => {
    expect(await trainer('import', holes, '--store', store, '--policy', 'gap=warn')).toMatchObject({ status: 0 })
    const { status, stdout } = await trainer('validate', '--store', store, '--json', '--max-gap', '50')
    expect(status).toBe(0)
    const [series] = JSON.parse(stdout)
    expect(series).toMatchObject({ exchange: 'binance', symbol: 'BTC/USDT', timeframe: '1h', rows: 957, rejected: 0 })
    const gaps = series.findings.filter((finding: { check: string }) => finding.check === 'gap')
    expect(gaps.map((gap: { rows: number; action: string }) => [gap.rows, gap.action])).toEqual([
      [3, 'repaired'],
      [40, 'repaired'],
    ])
    const list = JSON.parse((await trainer('data', 'list', '--store', store, '--json')).stdout)
    expect(list[0].repairs).toBe(43)
    expect((await trainer('data', 'log', '--store', store)).output).toMatch(/40 candles are missing/)
  })

  it('takes what no file tells from the flags that its errors name, as import does', async () => {
    const path = join(folder, 'prices.csv')
    await writeFile(path, formatCandleCsv(candles))
    expect((await trainer('validate', path)).output).toContain('Add --exchange <ccxt id> and --symbol <BASE')
    const facts = ['--exchange', 'okx', '--symbol', 'BTC/USDT:USDT', '--timeframe', '1h', '--format', 'edgequant']
    const { status, output } = await trainer('validate', path, ...facts)
    expect(output).toMatch(/okx +BTC\/USDT:USDT 1h +1,000 candles/)
    expect(status).toBe(0)
    const spot = join(folder, 'BTCUSDT-1h-2020-01.csv')
    await writeFile(
      spot,
      candles.map(c => `${c.openTimeMs},${c.open},${c.high},${c.low},${c.close},${c.volume},0,0,0,0,0,0\n`).join(''),
    )
    expect((await trainer('validate', spot)).output).toContain('--market spot or --market perpetual')
    expect((await trainer('validate', spot, '--market', 'spot')).output).toMatch(/binance +BTC\/USDT 1h +1,000 candles/)
  })

  it('tells flags of files from those of the store', async () => {
    expect((await trainer('validate', holes, '--symbols', 'BTC/USDT')).output).toMatch(/WRONG_FLAG.*say --symbol/s)
    expect((await trainer('validate', holes, '--exchange', 'okx,bybit')).output).toMatch(/WRONG_FLAG.*Name one/s)
    expect((await trainer('validate', '--symbol', 'BTC/USDT', '--store', store)).output).toMatch(
      /WRONG_FLAG.*--symbols selects/s,
    )
  })

  it('says that a policy holds in the store until it is validated without it', async () => {
    const { output } = await trainer('validate', '--store', store, '--policy', 'gap=warn')
    expect(output).toMatch(/policy +gap=warn holds until the next trainer validate without it/)
    expect((await trainer('validate', '--store', store)).output).not.toContain('holds until')
  })

  it('names a spike and a lasting jump of the price, however many rows are sound', async () => {
    const scaled = (from: number, to: number, factor: number) =>
      candles.map((c, i) =>
        i >= from && i < to
          ? { ...c, open: c.open * factor, high: c.high * factor, low: c.low * factor, close: c.close * factor }
          : c,
      )
    const path = join(folder, 'binance_ADAUSDT_1h_2020-01-01_2020-02-11.csv')
    await writeFile(path, formatCandleCsv(scaled(500, 501, 10)))
    expect((await trainer('validate', path)).output).toMatch(/noted +priceOutlier: 2020-01-21T20:00:00Z: the close/)
    await writeFile(path, formatCandleCsv(scaled(500, 1000, 1000)))
    expect((await trainer('validate', path)).output).toMatch(
      /noted +priceOutlier: 2020-01-21T20:00:00Z: the price moved/,
    )
  })

  it('says what to do where the store is empty', async () => {
    const { status, output } = await trainer('validate', '--store', join(folder, 'empty'))
    expect([status, output.includes('is empty. Fill it, for example:')]).toEqual([0, true])
  })
})
