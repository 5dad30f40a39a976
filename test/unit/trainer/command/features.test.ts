import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FAMILIES } from '../../../../sdk/feature/registry.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../../..')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-features-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** `trainer features` as a user starts it. */
function features(...args: string[]): Promise<{ status: number; output: string }> {
  const argv = ['--import', 'tsx', join('trainer', 'command', 'main.ts'), 'features', ...args]
  return new Promise(done => {
    execFile(process.execPath, argv, { cwd: REPOSITORY }, (error, stdout, stderr) => {
      done({ status: error ? Number(error.code) : 0, output: stdout + stderr })
    })
  })
}

const SIMULATED = ['--set', 'data.source=simulate', '--set', 'data.candles=2000', '--set', 'data.symbols=["BTC/USDT"]']
const TWO = ['--set', 'features=["body","weekend"]']

describe('trainer features', { timeout: 60_000 }, () => {
  it('lists every family by group, or those of a group', async () => {
    const { output } = await features('--list')
    for (const { name } of FAMILIES) expect(output).toMatch(new RegExp(`^ +${name}[( ]`, 'm'))
    const shape = (await features('--list', '--group', 'shape')).output
    expect(shape).toMatch(/^shape/)
    expect(shape).not.toContain('parkinson')
  })

  it('names the groups there are where another is asked for, and refuses two things at once', async () => {
    expect(await features('--list', '--group', 'shapes')).toMatchObject({
      status: 1,
      output: expect.stringContaining('--group shapes: there is no such group. There are: return, shape, volatility'),
    })
    expect((await features('--docs', '--report')).output).toMatch(/asks for two things at once/)
  })

  it("shows a config's features on its data", async () => {
    const { status, output } = await features(...SIMULATED, ...TWO)
    expect(status).toBe(0)
    expect(output).toMatch(/body +0 +0 +−?\d\.\d{3}/)
    expect(output).toMatch(/weekend +0 +0 +0\.\d{3} +0\.\d{3} +0\.000 +1\.000/)
  })

  it('writes a report, which is one page', async () => {
    const out = join(folder, 'features.html')
    const { status, output } = await features(...SIMULATED, ...TWO, '--report', '--out', out)
    expect(output).toContain(out)
    expect(status).toBe(0)
    expect(await readFile(out, 'utf8')).toMatch(/2 features: .*simulated prices.*<\/html>/s)
  })

  it('writes the documentation, and leaves the pictures where it has no candles', async () => {
    const out = join(folder, 'docs', 'features.md')
    expect(await features('--docs', '--out', out)).toMatchObject({ status: 0 })
    expect(await readFile(out, 'utf8')).toContain('### parkinson')
    expect(await readdir(join(folder, 'docs'))).toEqual(['features.md'])
  })

  it('says which recordings the pictures need', async () => {
    const { status, output } = await features('--docs', '--out', join(folder, 'f.md'), '--data', folder)
    expect(status).toBe(1)
    expect(output).toContain(`${folder} has no macro/SPY_1d_….csv.gz`)
  })
})
