import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const REPOSITORY = resolve(import.meta.dirname, '../../../..')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-verbs-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The trainer as a user starts it. */
function trainer(...args: string[]): Promise<{ status: number; output: string }> {
  const argv = ['--import', 'tsx', join('trainer', 'command', 'main.ts'), ...args]
  return new Promise(done => {
    execFile(process.execPath, argv, { cwd: REPOSITORY }, (error, stdout, stderr) => {
      done({ status: error ? Number(error.code) : 0, output: stdout + stderr })
    })
  })
}

describe('trainer', { timeout: 30_000 }, () => {
  it('explains itself and each verb', async () => {
    const { status, output } = await trainer('--help')
    expect(status).toBe(0)
    const verbs = 'run import simulate fetch data validate features train distill export evaluate backtest serve'.split(
      ' ',
    )
    for (const verb of verbs) expect(output).toMatch(new RegExp(`^  ${verb} `, 'm'))
    expect((await trainer('run', '--help')).output).toMatch(/--resume.*--no-serve/s)
  })

  it('ends quietly when whoever reads its output stops reading', async () => {
    const script = `node --import tsx trainer/command/main.ts features --list | head -n 1; echo "status \${PIPESTATUS[0]}"`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], { cwd: REPOSITORY })
    expect(stderr).toBe('')
    expect(stdout.split('\n')).toHaveLength(3)
    expect(stdout).toContain('status 0')
  })

  it('simulates, validates and imports candles, and gives them back as they were', async () => {
    const made = join(folder, 'made')
    const store = join(folder, 'store')
    const exported = join(folder, 'exported')
    expect(await trainer('simulate', '-s', 'BTC/USDT', '-n', '300', '-o', made)).toMatchObject({ status: 0 })
    const [file] = await readdir(made)
    expect(file).toMatch(/^simulator_BTCUSDT_1h_.*\.csv\.gz$/)

    expect((await trainer('validate', made)).output).toMatch(/BTC\/USDT 1h\s+300 candles/)
    const { status, output } = await trainer('import', made, '--store', store)
    expect(output).toMatch(/BTC\/USDT 1h +300 candles, .*: 300 new[\s\S]*1 of 1 files/)
    expect(status).toBe(0)
    expect(await trainer('data', 'export', '--store', store, '--out', exported)).toMatchObject({ status: 0 })
    expect(await readFile(join(exported, file))).toEqual(await readFile(join(made, file)))
  })

  it('describes the features of its data', async () => {
    const { status, output } = await trainer('features', '--set', 'data.source=simulate', '--set', 'data.candles=400')
    expect(status).toBe(0)
    expect(output).toMatch(/ETH\/USDT[\s\S]*return\(1\) +\d+ +\d+ +−?\d/)
    expect((await trainer('features', '--list')).output).toMatch(/hourSin\(harmonic\) +known/)
  })

  it('prints what is wrong with a config as one block, with status 1 and no stack', async () => {
    const config = join(folder, 'odd.json')
    await writeFile(config, JSON.stringify({ name: 'odd', data: { source: 'simulate' }, techer: {} }))
    const { status, output } = await trainer('run', '-c', config, '-o', join(folder, 'runs'))
    expect(status).toBe(1)
    expect(output).toBe(
      `\nConfigError UNKNOWN_KEY\n  ${config}: unknown key "techer". Did you mean "teacher"? Known here: ${'$schema, name, version, notes, seed, data, features, market, profileTimeZone, lookback, horizons, quantiles, split, teacher, student, backend, backtest'}.\n`,
    )
    await expect(readdir(join(folder, 'runs'))).rejects.toThrow()
  })

  it('names symbol, time and field of a bad candle, and writes nothing', async () => {
    const file = join(folder, 'binance_BTCUSDT_1h_2024-01-01_2024-01-01.csv')
    await writeFile(file, 'timestamp,open,high,low,close,volume\n1704067200000,10,9,8,9,1\n')
    const { status, output } = await trainer('import', file, '--store', join(folder, 'never'))
    expect(status).toBe(1)
    expect(output).toMatch(
      /CandleError REJECTED[\s\S]*BTC\/USDT[\s\S]*ohlcOrder: 2024-01-01T00:00:00Z: high 9 is below/,
    )
    await expect(readdir(join(folder, 'never'))).rejects.toThrow()
  })
})
