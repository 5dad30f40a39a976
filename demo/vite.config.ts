import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { serveBundles } from './serve-bundles.ts'
import { WORKER_PACKAGES } from './worker-packages.ts'

const repository = resolve(import.meta.dirname, '..')

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the built page works in any folder of any host.
  base: './',
  resolve: { alias: [{ find: /^edgequant$/, replacement: resolve(repository, 'sdk/index.ts') }] },
  plugins: [serveBundles(resolve(repository, 'models/bundles'))],
  server: { fs: { allow: [repository] } },
  // The worker loads the backend it needs and no other, hence chunks, which only ES modules have.
  worker: { format: 'es' },
  optimizeDeps: { include: [...WORKER_PACKAGES] },
  build: { target: 'es2022', outDir: resolve(import.meta.dirname, 'dist'), emptyOutDir: true },
})
