import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError } from '../../../../sdk/errors.ts'
import { DEFAULT_FEATURES } from '../../../../sdk/feature/default-features.ts'
import { loadConfig, parseConfig } from '../../../../trainer/config/load-config.ts'

const CONFIGS = resolve(import.meta.dirname, '../../../../configs')
const MINIMAL = { name: 'tiny', data: { source: 'simulate' } }

function errorOf(json: unknown): ConfigError {
  try {
    parseConfig(json, 'my.json')
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('the config was accepted')
}

describe('loadConfig', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgequant-config-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('accepts every config that ships', async () => {
    const files = (await readdir(CONFIGS)).filter(file => file.endsWith('.json') && !file.endsWith('.schema.json'))
    expect(files).toContain('quickstart.json')
    for (const file of files) await expect(loadConfig(join(CONFIGS, file))).resolves.toMatchObject({ seed: 1 })
  })

  it('names a file that is not there, and what to do', async () => {
    await expect(loadConfig(join(folder, 'absent.json'))).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      message: expect.stringContaining('--config'),
    })
  })

  it('names a file that is not JSON', async () => {
    const file = join(folder, 'broken.json')
    await writeFile(file, '{ "name": ')
    await expect(loadConfig(file)).rejects.toMatchObject({ code: 'INVALID_JSON', details: { file } })
  })

  it('lets flags override what the file says', async () => {
    const file = join(folder, 'tiny.json')
    await writeFile(file, JSON.stringify(MINIMAL))
    const config = await loadConfig(file, [
      { path: 'data.source', value: 'files', flag: '--data' },
      { path: 'data.path', value: 'candles', flag: '--data' },
      { path: 'teacher.maxSteps', value: 7, flag: '--set' },
    ])
    expect(config.data).toMatchObject({ source: 'files', path: 'candles' })
    expect(config.teacher.maxSteps).toBe(7)
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(MINIMAL)
  })

  it('names the flag whose value is wrong', async () => {
    const file = join(folder, 'tiny.json')
    await writeFile(file, JSON.stringify(MINIMAL))
    await expect(loadConfig(file, [{ path: 'backend', value: 'cuda', flag: '--backend' }])).rejects.toMatchObject({
      code: 'WRONG_VALUE',
      message: expect.stringMatching(/"backend" is "cuda"; expected .*"wasm".*given by --backend/),
    })
  })
})

describe('parseConfig', () => {
  it('fills in every default', () => {
    const config = parseConfig(MINIMAL, 'my.json')
    expect(config).toMatchObject({ version: '1.0.0', seed: 1, lookback: 24, backend: 'auto' })
    expect(config.teacher).toMatchObject({ hidden: 16, heads: 4, maxSteps: 400 })
    expect(config.student.teacherWeight).toBe(0.9)
    expect(config.features).toEqual([...DEFAULT_FEATURES])
  })

  it('quotes an unknown key with its place and the nearest known one', () => {
    const error = errorOf({ ...MINIMAL, teacher: { hiden: 16 } })
    expect(error.code).toBe('UNKNOWN_KEY')
    expect(error.message).toMatch(/my\.json: unknown key "teacher\.hiden"\. Did you mean "hidden"\?/)
  })

  it('lists the known keys when none is near', () => {
    expect(errorOf({ ...MINIMAL, zzzzzzzz: 1 }).message).toMatch(/Known here: .*lookback/)
  })

  it('finds an unknown key inside either form of the split', () => {
    const dates = errorOf({ ...MINIMAL, split: { trainEnd: '2023-01-01', calibrationEd: '2023-02-01' } })
    expect(dates.message).toContain('Did you mean "calibrationEnd"?')
    const fractions = errorOf({ ...MINIMAL, split: { testFracton: 0.2, calibrationFraction: 0.1 } })
    expect(fractions.message).toContain('Did you mean "testFraction"?')
  })

  it.each([
    [{ lookback: 0 }, /"lookback" is 0; expected a number of at least 1/],
    [{ lookback: 2.5 }, /"lookback" is 2\.5; expected an integer/],
    [{ seed: '1' }, /"seed" is "1"; expected a number/],
    [{ horizons: [1, 6, 3] }, /"horizons" is \[1,6,3\]; expected ascending/],
    [{ quantiles: [0.1, 0.9] }, /median/],
    [{ quantiles: [0.25, 0.5, 0.75] }, /0\.1 and 0\.9/],
    [{ teacher: { hidden: 10, heads: 4 } }, /"teacher" is .*; expected heads that divide hidden/],
    [{ data: { source: 'files' } }, /"data\.path".*data\.source is "files"/],
    [
      { data: { source: 'simulate', symbols: ['BTCUSDT'] } },
      /"data\.symbols\.0" is "BTCUSDT"; expected a symbol such as/,
    ],
    [{ data: { source: 'simulate', timeframe: '2h' } }, /"data\.timeframe" is "2h"; expected .*"1h"/],
    [{ backtest: { horizonCandles: 7 } }, /"backtest\.horizonCandles" is 7; expected one of the horizons/],
    [{ split: { calibrationFraction: 0.6, testFraction: 0.5 } }, /leave something to train on/],
    [{ split: { trainEnd: '2023-05-01', calibrationEnd: '2023-04-01' } }, /in order of time/],
    [{ split: { trainEnd: '2023-02-31', calibrationEnd: '2023-04-01' } }, /a date that exists/],
    [{ name: 'My Model' }, /"name" is "My Model"/],
    [{ quantiles: [0.1, 0.5, 0.8, 0.9] }, /"quantiles" is \[0\.1,0\.5,0\.8,0\.9\]; expected levels that mirror/],
    [{ data: { source: 'simulate', symbols: ['A/B', 'A/B'] } }, /"data\.symbols" is .*; expected each symbol once/],
    [{ features: ['return(1)', 'hourSin(1)', 'return(1)'] }, /"features" is .*; expected each feature once/],
    [{ features: ['return(1)'] }, /"features" names no known feature.*Add one of .*hourSin/],
    [{ features: ['hourSin(1)'] }, /"features" names no observed feature.*Add one of return\(1\)/],
    [{ features: ['nosuch'] }, /"features" names "nosuch", which is not in the registry/],
  ])('refuses %j, quoting value and expectation', (part, message) => {
    const error = errorOf({ ...MINIMAL, ...part })
    expect(error.code).toBe('WRONG_VALUE')
    expect(error.message).toMatch(message)
  })

  it('reports all problems at once', () => {
    const error = errorOf({ data: { source: 'simulate' }, lookback: -1, seeed: 3 })
    expect(error.details.issues).toHaveLength(3)
    expect(error.message).toMatch(/"name" is missing/)
  })
})
