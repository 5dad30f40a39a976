import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUNDLE_FILES } from '../../sdk/bundle/bundle.ts'
import { openBundle } from '../../sdk/bundle/open-bundle.ts'
import { readBundleFolder } from '../../trainer/registry/read-bundle-folder.ts'
import { openRun } from '../../trainer/registry/run-directory.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const MAIN = join(REPOSITORY, 'trainer', 'command', 'main.ts')

/** Small enough for seconds: what is shown is the way, not the quality of a forecast. */
const TINY = {
  name: 'tiny',
  data: { source: 'simulate', symbols: ['BTC/USDT', 'ETH/USDT'], candles: 1_600 },
  features: ['return(1)', 'ewmaVolatility(6,0)', 'hourSin(1)', 'hourCos(1)'],
  lookback: 6,
  horizons: [1, 4],
  teacher: { hidden: 4, heads: 2, batchSize: 32, maxSteps: 12, maxSeconds: 60 },
  student: { hidden: 4, heads: 2, batchSize: 32, maxSteps: 8, maxSeconds: 60 },
  backtest: { horizonCandles: 4 },
}

interface Outcome {
  readonly status: number | null
  readonly output: string
}

let folder: string
let config: string
let runs: string
const children: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-cli-'))
  config = join(folder, 'tiny.json')
  runs = join(folder, 'runs')
  await writeFile(config, JSON.stringify(TINY))
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

/** Runs the trainer; `onOutput` may send signals. */
function trainer(args: readonly string[], onOutput?: (output: string, child: ChildProcess) => void): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], { cwd: REPOSITORY })
  children.push(child)
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk
    onOutput?.(output, child)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return new Promise(done => child.on('close', status => done({ status, output })))
}

describe('trainer run', () => {
  it('goes the whole way from simulated candles to a judged bundle, and says that they are simulated', async () => {
    const { status, output } = await trainer(['run', '-c', config, '-o', runs, '--no-serve', '--backend', 'cpu'])
    expect(output).toContain('These are not real prices')
    expect(status, output).toBe(0)

    const run = await openRun('latest', runs)
    const bundle = await openBundle(await readBundleFolder(run.bundlePath), run.bundlePath)
    expect(bundle.manifest).toMatchObject({ name: 'tiny', training: { simulated: true, exchange: 'simulator' } })
    expect(bundle.manifest.evaluation.horizons.map(h => h.horizonCandles)).toEqual([1, 4])
    expect(await readFile(join(run.bundlePath, BUNDLE_FILES.modelCard), 'utf8')).toContain('Simulated market')
    expect(await readFile(run.file('report.html'), 'utf8')).toContain('simulated market')
    expect(await readFile(run.file('report.md'), 'utf8')).toMatch(/Buy & Hold/)
    const candles = JSON.parse(await readFile(run.file('candles', 'index.json'), 'utf8'))
    expect(candles).toMatchObject({
      simulated: true,
      symbols: [{ symbol: 'BTC/USDT', url: '/candles/BTCUSDT.csv' }, {}],
    })
    // what a page is shown was not trained on, but for the warm-up before it
    expect(candles.symbols[0].endTimeMs).toBeGreaterThan(bundle.manifest.evaluation.period.startTimeMs)
    expect((await readdir(run.path)).filter(name => name.endsWith('.tmp'))).toEqual([])
  })

  it('keeps its checkpoint on Ctrl-C, says how to go on, and ends where an uninterrupted run ends', async () => {
    const whole = await openRun('latest', runs)
    let interrupted = false
    const stopped = await trainer(
      ['run', '-c', config, '-o', runs, '--no-serve', '--backend', 'cpu'],
      (output, child) => {
        if (interrupted || !/ step \d+ · loss/.test(output)) return
        interrupted = true
        child.kill('SIGINT')
      },
    )
    expect(stopped.status, stopped.output).toBe(130)
    const run = await openRun('latest', runs)
    expect(run.id).not.toBe(whole.id)
    expect(stopped.output).toContain(`run --resume ${run.id}`)
    expect((await stat(run.file('teacher.safetensors'))).size).toBeGreaterThan(0)
    await expect(stat(run.bundlePath)).rejects.toThrow()

    const resumed = await trainer(['run', '--resume', run.id, '-o', runs, '--no-serve', '--backend', 'cpu'])
    expect(resumed.status, resumed.output).toBe(0)
    const weightsOf = async (path: string) => (await readBundleFolder(path)).get(BUNDLE_FILES.weights)
    expect(await weightsOf(run.bundlePath)).toEqual(await weightsOf(whole.bundlePath))
  })
})
