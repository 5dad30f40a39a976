import { resolve } from 'node:path'
import { build, defineConfig, type Plugin } from 'vite'

const root = import.meta.dirname

/** What the worker loads when it first needs it (worker/parts.ts), by the name of its file in the package. */
const WORKER_PARTS: Readonly<Record<string, string>> = {
  backtesting: 'worker/backtesting.ts',
  'published-indicators': 'worker/published-indicators.ts',
  'special-features': 'worker/special-features.ts',
  'tfjs-engine': 'worker/choose-tfjs.ts',
  'wasm-engine': 'worker/wasm-with-lanes.ts',
  'webgpu-engine': 'worker/webgpu/webgpu-engine.ts',
}

/**
 * Vite marks a worker that it has bundled as done (`@vite-ignore`), and an app's bundler would then ship the app without
 * it. In a library the reference must stay one that bundlers and browsers follow.
 */
function keepWorkerUrlVisible(): Plugin {
  const marked =
    /new URL\(\s*\/\* @vite-ignore \*\/\s*new URL\((["'`])((?:\.\.\/)*)worker\.js\1, import\.meta\.url\)\.href,\s*(["'`])\3 \+ import\.meta\.url\s*\)/
  return {
    name: 'edgequant-worker-url',
    generateBundle(_options, bundle) {
      const starters = Object.values(bundle)
        .filter(file => file.type === 'chunk')
        .filter(chunk => marked.test(chunk.code))
      // Silence here would publish a package whose service cannot start.
      if (starters.length !== 1) this.error(`Expected one chunk that starts the worker, found ${starters.length}.`)
      for (const chunk of starters) {
        chunk.code = chunk.code.replace(
          marked,
          (_all, _quote, up) => `new URL('${up || './'}worker.js', import.meta.url)`,
        )
      }
    },
  }
}

/** A library build writes every asset into the code as base64; half a megabyte of WebAssembly is better fetched when needed. */
function keepBinariesApart(): Plugin {
  return {
    name: 'edgequant-binaries',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!source.endsWith('.wasm?url')) return null
      const resolved = await this.resolve(source, importer, { skipSelf: true })
      return resolved && `${resolved.id}&no-inline`
    },
  }
}

/**
 * In the worker, a part is loaded by its URL. Bundlers copy a file that code refers to like this, and need no setting for
 * it, as they do for a worker that is split into chunks.
 */
function loadPartsByUrl(): Plugin {
  const names = new Map(Object.entries(WORKER_PARTS).map(([name, path]) => [resolve(root, path), name]))
  return {
    name: 'edgequant-load-parts',
    enforce: 'pre',
    resolveDynamicImport(specifier, importer) {
      if (typeof specifier !== 'string' || importer !== resolve(root, 'worker/parts.ts')) return null
      const name = names.get(resolve(root, 'worker', specifier))
      if (name === undefined) this.error(`worker/parts.ts loads ${specifier}, which is none of the worker's parts.`)
      return { id: `./${name}.js`, external: true }
    },
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue
        for (const name of names.values()) {
          const loading = new RegExp(`import\\((["'\`])\\./${name}\\.js\\1\\)`)
          if (!loading.test(file.code)) this.error(`${file.fileName} does not load its part ${name}.`)
          const url = `new URL("./${name}.js", import.meta.url).href`
          file.code = file.code.replace(loading, `import(/* @vite-ignore */ /* webpackIgnore: true */ ${url})`)
        }
      }
    },
  }
}

/** The worker comes with the families of features that most models use, and loads the others as a part. */
function loadSpecialFeaturesLater(): Plugin {
  const everywhere = resolve(root, 'sdk/feature/family/special-families.ts')
  return {
    name: 'edgequant-special-features-later',
    load: id => (id === everywhere ? 'export const SPECIAL_FAMILIES = []' : null),
  }
}

/** What a family of features says for people; the worker computes and does not explain. */
const FEATURE_FACTS = ['summary', 'formula', 'edges', 'source']

/** Leaves the documentation of features, half of their code, out of what browsers load. */
function leaveOutFeatureFacts(): Plugin {
  return {
    name: 'edgequant-leave-out-feature-facts',
    enforce: 'post',
    transform(code, id) {
      if (!/\/sdk\/feature\/family\//.test(id)) return null
      const cuts: { start: number; end: number }[] = []
      visit(this.parse(code), node => {
        if (node.type !== 'ObjectExpression') return
        const named = (node.properties as PropertyNode[]).filter(property => property.key?.type === 'Identifier')
        if (!named.some(property => property.key.name === 'examples')) return
        cuts.push(...named.filter(property => FEATURE_FACTS.includes(property.key.name)))
      })
      cuts.sort((a, b) => b.start - a.start)
      let short = code
      for (const { start, end } of cuts) short = short.slice(0, start) + short.slice(end).replace(/^\s*,/, '')
      return { code: short, map: null }
    },
  }
}

interface PropertyNode {
  readonly start: number
  readonly end: number
  readonly key: { readonly type: string; readonly name: string }
}

type AstNode = { readonly type: string } & Record<string, unknown>

function visit(node: unknown, enter: (node: AstNode) => void): void {
  if (Array.isArray(node)) for (const child of node) visit(child, enter)
  else if (typeof node === 'object' && node !== null && 'type' in node) {
    enter(node as AstNode)
    for (const child of Object.values(node)) visit(child, enter)
  }
}

/** Builds each part as one file without imports, beside the worker. */
function emitParts(): Plugin {
  return {
    name: 'edgequant-emit-parts',
    async generateBundle() {
      for (const [name, path] of Object.entries(WORKER_PARTS)) {
        const built = await build({
          configFile: false,
          root,
          logLevel: 'warn',
          publicDir: false,
          plugins: [leaveOutFeatureFacts()],
          build: {
            write: false,
            target: 'es2022',
            minify: true,
            lib: { entry: resolve(root, path), formats: ['es'], fileName: name },
            rolldownOptions: { output: { codeSplitting: false, minify: true } },
          },
        })
        const [{ output }] = built as Extract<typeof built, unknown[]>
        if (output.length !== 1 || output[0].type !== 'chunk') this.error(`The part ${name} is not one file.`)
        this.emitFile({ type: 'asset', fileName: `${name}.js`, source: output[0].code })
      }
    },
  }
}

/** Builds the package `edgequant` into dist/. The demo has a configuration of its own, demo/vite.config.ts. */
export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [keepWorkerUrlVisible(), emitParts()],
  build: {
    target: 'es2022',
    lib: {
      entry: { index: resolve(root, 'sdk/index.ts'), engine: resolve(root, 'worker/engine.ts') },
      formats: ['es'],
    },
    rolldownOptions: {
      external: [
        /^comlink$/,
        /^idb$/,
        /^valibot$/,
        /^@tensorflow\//,
        /^ccxt$/,
        /^hyparquet(-compressors)?$/,
        /^trading-signals$/,
      ],
      // A file a module, so that an app's bundler leaves out what the app does not use.
      output: { preserveModules: true, preserveModulesRoot: root },
    },
  },
  worker: {
    // Files without imports: they work in any bundler without settings (chunks in workers need some), from a CDN without
    // a bundler, and ask for no tfjs in the app. tfjs' wasm binaries lie beside them.
    format: 'es',
    plugins: () => [keepBinariesApart(), loadPartsByUrl(), loadSpecialFeaturesLater(), leaveOutFeatureFacts()],
    rolldownOptions: {
      output: { entryFileNames: 'worker.js', assetFileNames: '[name][extname]', codeSplitting: false },
    },
  },
})
