import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forwardOnCpu } from '../fixtures/forward-on-cpu.ts'
import { linkPackages, PACKAGE_JSON, stagePackage } from '../fixtures/stage-package.ts'
import { writeTinyBundle } from '../fixtures/tiny-bundle.ts'

const repository = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

/** An app's page runs the first two and one of the engines; the others are loaded for a backtest or for what a bundle names. */
const BUDGET_BYTES = {
  index: 19_000,
  worker: 31_500,
  'wasm-engine': 27_000,
  'webgpu-engine': 27_000,
  backtesting: 7_500,
  'special-features': 17_500,
  'published-indicators': 4_000,
}

const scratch = mkdtempSync(join(tmpdir(), 'edgequant-package-'))
const staged = join(scratch, 'staged')
const app = join(scratch, 'app')
const installed = join(app, 'node_modules/edgequant')

/** Builds, packs and unpacks the package into an app that has its dependencies and nothing else. */
async function installPackage(): Promise<void> {
  await stagePackage(staged)
  const tsc = join(repository, 'node_modules/typescript/bin/tsc')
  await run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', join(staged, 'dist/types')], {
    cwd: repository,
  })

  mkdirSync(installed, { recursive: true })
  const { stdout } = await run('npm', ['pack', '--json', '--workspaces=false', '--pack-destination', scratch], {
    cwd: staged,
  })
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  await run('tar', ['-xzf', join(scratch, filename), '--strip-components=1', '-C', installed])

  linkPackages(app, Object.keys(PACKAGE_JSON.dependencies))
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }')
}

beforeAll(installPackage, 120_000)
afterAll(() => rmSync(scratch, { recursive: true }))

describe('the packed package', () => {
  it('has every file that its exports name', () => {
    const named = Object.values<Record<string, string>>(PACKAGE_JSON.exports).flatMap(target => Object.values(target))
    expect(named.filter(path => !existsSync(join(installed, path)))).toEqual([])
  })

  it('imports in Node with its installed dependencies alone', async () => {
    const script = "import('edgequant').then(sdk => console.log(JSON.stringify(Object.keys(sdk))))"
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: app })
    expect(JSON.parse(stdout)).toEqual(Object.keys(await import('edgequant')).sort())
  })

  it('forecasts in Node without tfjs, which is an optional peer', async () => {
    const files = await writeTinyBundle({ forward: forwardOnCpu })
    for (const [name, bytes] of files) writeFileSync(join(app, name), bytes)
    const names = JSON.stringify([...files.keys()])
    const script = `
      import { readFileSync } from 'node:fs'
      import { createPredictor, openBundle, simulateMarket } from 'edgequant'
      import { createEngine } from 'edgequant/engine'
      const bundle = await openBundle(new Map(${names}.map(name => [name, readFileSync(name)])), 'tiny')
      const engine = await createEngine({ bundle })
      const symbol = 'BTC/USDT'
      const candles = simulateMarket({ symbols: [symbol], candles: 200, timeframe: '1h', seed: 1 }).get(symbol)
      const forecast = await createPredictor({ bundle, engine }).predict({ symbol, candles })
      console.log(engine.info.kind, forecast.horizons.length)`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: app })
    expect(stdout.trim()).toBe('wasm 2')
  })

  it('says what to install where candles come from an exchange or from Parquet, in Node and built by Vite', async () => {
    writeFileSync(
      join(app, 'sources.js'),
      `import { exchangeCandleSource, urlCandleSource } from 'edgequant'
      const market = { symbol: 'BTC/USDT', timeframe: '1h' }
      const sources = [
        exchangeCandleSource({ exchange: 'binance' }),
        urlCandleSource({ url: 'http://127.0.0.1/candles.parquet', ...market }),
      ]
      for (const source of sources) {
        const error = await source.pages({ ...market, fromMs: 0, toMs: 3_600_000 }).next().catch(error => error)
        console.log(error.name, error.code, error.message.match(/npm install .*/)?.[0])
      }`,
    )
    await build({
      root: app,
      configFile: false,
      logLevel: 'error',
      build: { outDir: 'dist-sources', modulePreload: false, rolldownOptions: { input: join(app, 'sources.js') } },
    })
    const built = readdirSync(join(app, 'dist-sources/assets')).find(name => name.startsWith('sources-'))!
    for (const script of ['sources.js', join('dist-sources/assets', built)]) {
      const { stdout } = await run(process.execPath, [script], { cwd: app })
      expect(stdout.trim().split('\n')).toEqual([
        'SourceError CCXT_MISSING npm install ccxt',
        'SourceError HYPARQUET_MISSING npm install hyparquet',
      ])
    }
  })

  it('type-checks in an app, the example of the README included', async () => {
    cpSync(join(repository, 'test/fixtures/readme-example.ts'), join(app, 'example.ts'))
    const compilerOptions = {
      target: 'ES2022',
      module: 'ESNext',
      moduleResolution: 'bundler',
      lib: ['ES2022', 'DOM'],
      types: [],
      strict: true,
      noEmit: true,
      skipDefaultLibCheck: true,
    }
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['example.ts'] }))
    const tsc = join(repository, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', app]).catch(error => error)
    expect(stdout).toBe('')
  }, 60_000)

  it("brings its worker and the worker's binaries into an app that Vite builds without settings", async () => {
    writeFileSync(
      join(app, 'main.ts'),
      "import { createPredictionService } from 'edgequant'\ncreatePredictionService({ bundle: '/' })",
    )
    writeFileSync(join(app, 'index.html'), '<script type="module" src="./main.ts"></script>')
    await build({ root: app, configFile: false, logLevel: 'error' })
    const names = readdirSync(join(app, 'dist/assets'))
      .map(name => name.replace(/-[\w-]{8}(?=\.)/, ''))
      .sort()
    expect(names).toEqual([
      'backtesting.js',
      'index.js',
      'published-indicators.js',
      'special-features.js',
      'tfjs-backend-wasm-simd.wasm',
      'tfjs-backend-wasm-threaded-simd.wasm',
      'tfjs-backend-wasm.wasm',
      'tfjs-engine.js',
      'wasm-engine.js',
      'webgpu-engine.js',
      'worker.js',
    ])
  }, 60_000)

  it('keeps each script that an app downloads within its budget, in gzipped bytes', () => {
    const assets = join(app, 'dist/assets')
    const gzipBytes = (name: string): number => {
      const file = readdirSync(assets).find(asset => asset.startsWith(`${name}-`) && asset.endsWith('.js'))
      return gzipSync(readFileSync(join(assets, file!)), { level: 9 }).length
    }
    const bytes = Object.fromEntries(Object.keys(BUDGET_BYTES).map(name => [name, gzipBytes(name)]))
    console.log('gzipped bytes', bytes)
    for (const [name, budget] of Object.entries(BUDGET_BYTES)) expect(bytes[name], name).toBeLessThan(budget)
  })
})
