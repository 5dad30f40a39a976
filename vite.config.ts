import { resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

const root = import.meta.dirname

/**
 * Vite marks a worker that it has bundled as done (`@vite-ignore`), and an app's bundler would then ship the app without
 * it. In a library the reference must stay one that bundlers and browsers follow.
 */
function keepWorkerUrlVisible(): Plugin {
  const marked =
    /new URL\(\s*\/\* @vite-ignore \*\/\s*new URL\((["'`])worker\.js\1, import\.meta\.url\)\.href,\s*(["'`])\2 \+ import\.meta\.url\s*\)/
  return {
    name: 'edgequant-worker-url',
    generateBundle(_options, bundle) {
      const starters = Object.values(bundle)
        .filter(file => file.type === 'chunk')
        .filter(chunk => marked.test(chunk.code))
      // Silence here would publish a package whose service cannot start.
      if (starters.length !== 1) this.error(`Expected one chunk that starts the worker, found ${starters.length}.`)
      for (const chunk of starters) chunk.code = chunk.code.replace(marked, "new URL('./worker.js', import.meta.url)")
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

/** Builds the package `edgequant` into dist/. The demo has a configuration of its own, demo/vite.config.ts. */
export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [keepWorkerUrlVisible()],
  build: {
    target: 'es2022',
    lib: {
      entry: { index: resolve(root, 'sdk/index.ts'), engine: resolve(root, 'worker/engine.ts') },
      formats: ['es'],
    },
    rolldownOptions: { external: [/^comlink$/, /^idb$/, /^valibot$/, /^@tensorflow\//] },
  },
  worker: {
    // One file with all it needs: it works in any bundler without settings (chunks in workers need some), from a CDN
    // without a bundler, and asks for no tfjs in the app. The wasm binaries lie beside it.
    format: 'es',
    plugins: () => [keepBinariesApart()],
    rolldownOptions: {
      output: { entryFileNames: 'worker.js', assetFileNames: '[name][extname]', codeSplitting: false },
    },
  },
})
