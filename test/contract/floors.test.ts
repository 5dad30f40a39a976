import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

const repository = resolve(import.meta.dirname, '../..')
const planted = mkdtempSync(join(tmpdir(), 'edgequant-floors-'))
afterAll(() => rmSync(planted, { recursive: true }))

/** What dependency-cruiser says of a tree with these files, as `rule: from`. */
async function violations(files: Record<string, string>): Promise<string[]> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(planted, path)), { recursive: true })
    writeFileSync(join(planted, path), text)
  }
  for (const name of [
    '.dependency-cruiser.cjs',
    'tsconfig.json',
    'package.json',
    'trainer/package.json',
    'demo/package.json',
  ]) {
    mkdirSync(dirname(join(planted, name)), { recursive: true })
    cpSync(join(repository, name), join(planted, name))
  }
  symlinkSync(join(repository, 'node_modules'), join(planted, 'node_modules'))
  const cli = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [
    cli,
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'sdk',
    'worker',
    'models',
    'trainer',
    'demo',
  ]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: planted, maxBuffer: 1e8 })
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string }[] } }
  return [...new Set(summary.violations.map(v => `${v.rule.name}: ${v.from}`))].sort()
}

/** Every rule of the configuration with the files that break it. */
const BREACHES: Record<string, [path: string, text: string][]> = {
  'no-cycles': [['sdk/candle/one.ts', "import './two.ts'"]],
  resolvable: [['sdk/candle/unresolved.ts', "import './nowhere.ts'"]],
  'declared-packages': [['trainer/data/undeclared.ts', "import 'rolldown'"]],
  'models-import-nothing': [
    ['models/imports-sdk.ts', "import '../sdk/units.ts'"],
    ['models/imports-package.ts', "import 'valibot'"],
    ['models/imports-node.ts', "import 'node:fs'"],
  ],
  'sdk-imports-models': [
    ['sdk/candle/imports-worker.ts', "import type { X } from '../../worker/engine.ts'\nexport type Y = X"],
    ['sdk/candle/imports-trainer.ts', "export const load = () => import('../../trainer/main.ts')"],
    ['sdk/candle/imports-package.ts', "import 'ccxt'"],
    ['sdk/candle/imports-tfjs.ts', "import '@tensorflow/tfjs-core'"],
    ['sdk/candle/imports-node.ts', "import 'node:fs'"],
  ],
  'published-indicators-load-an-optional-package': [
    ['sdk/feature/family/indicator/trading-signals.ts', "import 'echarts'"],
  ],
  'sources-load-optional-packages': [
    ['sdk/source/imports-other-package.ts', "import 'echarts'"],
    ['sdk/source/imports-node.ts', "import 'node:fs'"],
  ],
  'worker-imports-models-and-sdk': [
    ['worker/imports-trainer.ts', "import '../trainer/main.ts'"],
    ['worker/imports-node.ts', "import 'node:fs'"],
    ['worker/imports-package.ts', "import 'echarts'"],
  ],
  'trainer-imports-no-demo': [['trainer/report/imports-demo.ts', "import '../../demo/app.ts'"]],
  'demo-imports-the-public-entry': [
    ['demo/imports-stage.ts', "import '../sdk/units.ts'"],
    ['demo/imports-model.ts', "import '../models/tft.ts'"],
    ['demo/imports-engine.ts', "import 'edgequant/engine'"],
    ['demo/imports-package.ts', "import 'comlink'"],
  ],
  'sdk-basics-import-no-stage': [['sdk/engine.ts', "import './bundle/bundle.ts'"]],
  'stage-candle': [['sdk/candle/imports-feature.ts', "import '../feature/feature.ts'"]],
  'stage-feature': [['sdk/feature/imports-window.ts', "import '../window/window.ts'"]],
  'stage-bundle': [['sdk/bundle/imports-window.ts', "import '../window/window.ts'"]],
  'stage-window': [['sdk/window/imports-forecast.ts', "import '../forecast/forecast.ts'"]],
  'stage-forecast': [['sdk/forecast/imports-gate.ts', "import '../gate/gate.ts'"]],
  'stage-gate': [['sdk/gate/imports-backtest.ts', "import '../backtest/backtest.ts'"]],
  'stage-risk': [['sdk/risk/imports-service.ts', "import '../service/service.ts'"]],
  'risk-and-execution-see-forecasts-never-a-model': [
    ['sdk/risk/imports-network.ts', "import '../../models/tft.ts'"],
    ['sdk/execution/imports-bundle.ts', "import '../bundle/bundle.ts'"],
  ],
  'stage-execution': [['sdk/execution/imports-backtest.ts', "import '../backtest/backtest.ts'"]],
  'stage-backtest': [['sdk/backtest/imports-store.ts', "import '../store/store.ts'"]],
  'stage-store': [['sdk/store/imports-service.ts', "import '../service/service.ts'"]],
  'stage-source': [['sdk/source/imports-service.ts', "import '../service/service.ts'"]],
  'stage-service': [['sdk/service/imports-index.ts', "import '../index.ts'"]],
  'indexeddb-in-the-store-alone': [['sdk/service/imports-idb.ts', "import 'idb'"]],
  'tfjs-in-its-engine-and-the-trainer': [['worker/imports-tfjs.ts', "import '@tensorflow/tfjs-core'"]],
}

/** What each floor may do. */
const ALLOWED: Record<string, string> = {
  'models/tft.ts': '',
  'sdk/units.ts': '',
  'sdk/index.ts': "export * from './service/service.ts'",
  'sdk/bundle/bundle.ts': "import '../../models/tft.ts'\nimport '../units.ts'\nimport 'valibot'",
  'sdk/feature/feature.ts': '',
  'sdk/candle/two.ts': "import './one.ts'", // half of the planted cycle, which is reported where it starts
  'sdk/window/window.ts': "import '../feature/feature.ts'",
  'sdk/forecast/forecast.ts': "import '../window/window.ts'",
  'sdk/gate/gate.ts': "import '../forecast/forecast.ts'",
  'sdk/backtest/backtest.ts': "import '../gate/gate.ts'",
  'sdk/store/store.ts': "import 'idb'",
  'sdk/source/source.ts': "import '../store/store.ts'\nexport const load = () => import('ccxt')",
  'sdk/service/service.ts': "import '../store/store.ts'\nimport 'comlink'",
  'worker/engine.ts': "import '../sdk/units.ts'\nimport './tfjs/tfjs.ts'",
  'worker/tfjs/tfjs.ts': "import '@tensorflow/tfjs-core'\nimport '../../models/tft.ts'",
  'trainer/main.ts': "import 'node:fs'\nimport 'ccxt'\nimport '../worker/engine.ts'\nimport '../sdk/units.ts'",
  'demo/app.ts': "import 'edgequant'\nimport 'lightweight-charts'",
}

describe('the floors', () => {
  it('are enforced by dependency-cruiser: each planted breach is caught by its rule, and what is allowed passes', async () => {
    const files = { ...ALLOWED, ...Object.fromEntries(Object.values(BREACHES).flat()) }
    const caught = await violations(files)

    const expected = Object.entries(BREACHES).flatMap(([rule, breaches]) =>
      breaches.map(([path]) => `${rule}: ${path}`),
    )
    expect(expected.filter(breach => !caught.includes(breach))).toEqual([])
    expect(caught.filter(violation => Object.keys(ALLOWED).some(path => violation.endsWith(`: ${path}`)))).toEqual([])
  })

  it('have a planted breach for every rule', () => {
    const configuration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs')
    expect(configuration.forbidden.map((rule: { name: string }) => rule.name).sort()).toEqual(
      Object.keys(BREACHES).sort(),
    )
  })

  it('keep IndexedDB in sdk/store and the GPU in the engines, globals included', () => {
    const sources = ['models', 'sdk', 'worker', 'demo'].flatMap(floor =>
      readdirSync(join(repository, floor), { recursive: true, encoding: 'utf8' })
        .filter(path => path.endsWith('.ts'))
        .map(path => join(floor, path)),
    )
    const using = (pattern: RegExp) =>
      sources.filter(path => pattern.test(readFileSync(join(repository, path), 'utf8')))
    const outside = (home: RegExp) => (path: string) => !home.test(path)

    expect(using(/\bindexedDB\b|\bIDB[A-Z]\w+/).filter(outside(/^sdk\/store\//))).toEqual([])
    expect(using(/\bnavigator\??\.gpu\b|\bGPU[A-Z]\w+/).filter(outside(/^worker\/(webgpu|tfjs)\//))).toEqual([])
  })
})
