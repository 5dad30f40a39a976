import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { BenchUsageError, parseArguments } from '../../bench/arguments.ts'
import { thisMachine } from '../../bench/machine.ts'
import { toReport } from '../../bench/report.ts'
import { median, quantile } from '../../bench/statistics.ts'
import { replaceTables } from '../../bench/table.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../..')

function bench(...args: string[]): Promise<{ status: number; output: string }> {
  return new Promise(done => {
    execFile('npm', ['run', '--silent', 'bench', '--', ...args], { cwd: REPOSITORY }, (error, stdout, stderr) => {
      done({ status: error ? Number(error.code) : 0, output: stdout + stderr })
    })
  })
}

describe('npm run bench', () => {
  it('refuses a suite that is not there in one line that names those that are', async () => {
    const { status, output } = await bench('engnes')
    expect(status).toBe(1)
    expect(output.split('\n').filter(line => line && !line.startsWith('npm warn'))).toEqual([
      'There is no suite "engnes". Suites: data, engines, features.',
    ])
  })

  it('says where the recorded candles should be when a suite needs them', async () => {
    vi.stubEnv('EDGEQUANT_DATA', '/nowhere')
    const { status, output } = await bench('data')
    vi.unstubAllEnvs()
    expect(status).toBe(1)
    expect(output).toContain('no recorded candles in /nowhere/candles; set EDGEQUANT_DATA')
  })

  it.each([
    [[], 'Which suite? Suites: engines, features.'],
    [['engines', 'features'], 'One suite at a time: "features" is one too many.'],
    [['engines', '--only', 'node,moon'], 'There is no part "moon". Parts: node, chromium, app.'],
    [['engines', '--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (argv, message) => {
    const parse = () => parseArguments(argv, ['engines', 'features'])
    expect(parse).toThrow(BenchUsageError)
    expect(parse).toThrow(message)
  })

  it('measures all parts unless told otherwise', () => {
    expect(parseArguments(['engines'], ['engines'])).toEqual({
      suite: 'engines',
      quick: false,
      parts: ['node', 'chromium', 'app'],
    })
    expect(parseArguments(['engines', '--quick', '--only', 'app', '--json', 'a.json'], ['engines'])).toEqual({
      suite: 'engines',
      quick: true,
      parts: ['app'],
      json: 'a.json',
    })
  })
})

describe('a report', () => {
  const rows = [{ id: 'forward.p50Ms', value: 0.4, unit: 'ms', note: 'batch 1' }]

  it('has suite, machine and rows', () => {
    const report = toReport('engines', thisMachine(), { rows, tables: [], machine: { chromium: '1.2' } })
    expect(JSON.parse(JSON.stringify(report))).toEqual({
      suite: 'engines',
      machine: {
        cpu: expect.any(String),
        cores: expect.any(Number),
        memoryGiB: expect.any(Number),
        platform: expect.any(String),
        node: process.version,
        chromium: '1.2',
      },
      rows,
    })
  })

  it('refuses figures that are no numbers, and two of one id', () => {
    const make = (more: { id: string; value: number; unit: string }) => () =>
      toReport('engines', thisMachine(), { rows: [...rows, more], tables: [], machine: {} })
    expect(make({ id: 'x', value: Number.NaN, unit: 'ms' })).toThrow('x is NaN')
    expect(make({ id: 'forward.p50Ms', value: 1, unit: 'ms' })).toThrow('twice')
  })
})

describe('tables in a document', () => {
  const machine = thisMachine()
  const table = { title: 'Forward', header: ['', 'ms'], rows: [['ours', '0.4']] }

  it('replace what stands between the marks, and nothing else', () => {
    const text = 'before\n<!-- bench:engines -->\nold\n<!-- /bench:engines -->\nafter\n'
    const replaced = replaceTables(text, 'engines', machine, [table])
    expect(replaced).toMatch(/^before\n<!-- bench:engines -->\n/)
    expect(replaced).toMatch(/\| ours \| 0\.4 \|\n<!-- \/bench:engines -->\nafter\n$/)
    expect(replaced).not.toContain('old')
  })

  it('need the marks', () => {
    expect(() => replaceTables('nothing', 'engines', machine, [table])).toThrow('<!-- bench:engines -->')
  })
})

describe('quantiles of times', () => {
  it('are of the nearest rank', () => {
    const times = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect(median(times)).toBe(50)
    expect(quantile(times, 0.99)).toBe(99)
    expect(quantile([7], 0.99)).toBe(7)
  })
})
