/**
 * The floors of docs/architecture.md: each folder imports from the floors above it and from the packages named here,
 * from nothing else. test/contract/floors.test.ts plants a violation of every rule and sees that it is caught.
 */
const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: typeof from === 'string' ? { path: from } : from,
  to: { pathNot: allowed },
})

const packages = names => `node_modules/(${names.join('|')})/`

/** Of sdk/, in the order that data flows; each may import the stages before it. */
const STAGES = [
  'candle',
  'feature',
  'bundle',
  'window',
  'forecast',
  'gate',
  'risk',
  'execution',
  'backtest',
  'store',
  'source',
  'service',
]

const stageOrder = STAGES.map((stage, i) => ({
  name: `stage-${stage}`,
  severity: 'error',
  comment: `sdk/${stage} may import ${STAGES.slice(0, i).join(', ') || 'no other stage'}.`,
  from: { path: `^sdk/${stage}/` },
  to: { path: `^sdk/(index\\.ts$|(${STAGES.slice(i + 1).join('|') || '$^'})/)` },
}))

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared-packages',
      severity: 'error',
      comment: 'A package is imported that neither package.json names.',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    only('models-import-nothing', '^models/', ['^models/']),
    only(
      'sdk-imports-models',
      {
        path: '^sdk/',
        pathNot: '^sdk/(source/|feature/(published-indicators|family/indicator/trading-signals)\\.ts$)',
      },
      ['^(models|sdk)/', packages(['comlink', 'idb', 'valibot'])],
    ),
    only(
      'published-indicators-load-an-optional-package',
      '^sdk/feature/(published-indicators|family/indicator/trading-signals)\\.ts$',
      ['^sdk/', packages(['trading-signals'])],
      'An optional peer of the package, imported when its indicators are asked for.',
    ),
    only(
      'sources-load-optional-packages',
      '^sdk/source/',
      ['^sdk/', packages(['ccxt', 'hyparquet', 'hyparquet-compressors'])],
      'Optional peers of the package, imported when a source first needs them.',
    ),
    only(
      'worker-imports-models-and-sdk',
      { path: '^worker/', pathNot: '^worker/wasm/(build|compile)-kernels\\.ts$' },
      ['^(models|sdk|worker)/', packages(['comlink', '@tensorflow', '@webgpu', 'trading-signals'])],
      'The two files that compile the kernels run at build time, in Node.',
    ),
    {
      name: 'trainer-imports-no-demo',
      severity: 'error',
      from: { path: '^trainer/' },
      to: { path: '^(demo|test)/' },
    },
    only(
      'demo-imports-the-public-entry',
      { path: '^demo/', pathNot: '^demo/(vite\\.config|serve-bundles)\\.ts$' },
      ['^demo/', '^sdk/index\\.ts$', packages(['lightweight-charts', 'uplot', 'fancy-canvas'])],
      'The demo is an app like any user’s.',
    ),
    {
      name: 'sdk-basics-import-no-stage',
      severity: 'error',
      from: { path: '^sdk/[^/]+\\.ts$', pathNot: '^sdk/index\\.ts$' },
      to: { path: '^sdk/([^/]+/|index\\.ts$)' },
    },
    ...stageOrder,
    {
      name: 'risk-and-execution-see-forecasts-never-a-model',
      severity: 'error',
      from: { path: '^sdk/(risk|execution)/' },
      to: { path: '^(models|sdk/(bundle|window))/|^sdk/engine\\.ts$' },
    },
    {
      name: 'indexeddb-in-the-store-alone',
      severity: 'error',
      from: { pathNot: '^(sdk/store|test)/' },
      to: { path: packages(['idb']) },
    },
    {
      name: 'tfjs-in-its-engine-and-the-trainer',
      severity: 'error',
      from: { path: '^worker/', pathNot: '^worker/tfjs/' },
      to: { path: packages(['@tensorflow']) },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(demo/)?(dist|runs|\\.edgequant)/' },
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.js', '.json', '.css'],
    },
  },
}
