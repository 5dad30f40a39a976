// The floors of docs/architecture.md: each folder imports only from the floors above it.
const floor = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to: { path: to } })
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    floor('models-import-nothing', '^models/', '^(sdk|worker|trainer|demo|test)/'),
    floor('sdk-imports-models-only', '^sdk/', '^(worker|trainer|demo|test)/'),
    floor('worker-imports-models-and-sdk', '^worker/', '^(trainer|demo|test)/'),
    floor('trainer-imports-no-demo', '^trainer/', '^(demo|test)/'),
    {
      name: 'demo-imports-the-public-entry-only',
      severity: 'error',
      from: { path: '^demo/' },
      to: { path: '^(models|worker|trainer|test)/|^sdk/(?!index\\.ts$)' },
    },
    {
      name: 'sdk-runtime-dependencies',
      severity: 'error',
      from: { path: '^sdk/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'core'], pathNot: 'node_modules/(comlink|idb|valibot)/' },
    },
    {
      name: 'models-has-no-dependencies',
      severity: 'error',
      from: { path: '^models/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'core'] },
    },
    { name: 'worker-is-portable', severity: 'error', from: { path: '^worker/' }, to: { dependencyTypes: ['core'] } },
    {
      name: 'indexeddb-in-the-store-alone',
      severity: 'error',
      from: { path: '^(sdk/(?!store/)|worker/|demo/)' },
      to: { path: 'node_modules/idb/' },
    },
    {
      name: 'tfjs-in-its-engine-and-the-trainer',
      severity: 'error',
      from: { path: '^(sdk|models|demo)/|^worker/(?!tfjs/)' },
      to: { path: 'node_modules/@tensorflow/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|runs|\\.edgequant)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.js', '.json', '.css'],
    },
  },
}
