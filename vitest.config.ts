import { resolve } from 'node:path'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { serveBundles } from './demo/serve-bundles.ts'
import { WORKER_PACKAGES } from './demo/worker-packages.ts'
import { featuresInNode } from './test/setup/browser-commands.ts'
import { chromiumLaunchOptions } from './test/setup/chromium.ts'

const root = import.meta.dirname

/** Software WebGPU and small machines are slow; a hang still ends. */
const BROWSER_TIMEOUT_MS = 120_000

export default defineConfig({
  resolve: {
    alias: [
      { find: /^edgequant$/, replacement: resolve(root, 'sdk/index.ts') },
      { find: /^edgequant\/engine$/, replacement: resolve(root, 'worker/engine.ts') },
    ],
  },
  test: {
    // on two cores too: many tests wait for processes, disks and servers of their own
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], environment: 'node', testTimeout: 30_000 },
      },
      {
        extends: true,
        test: { name: 'contract', include: ['test/contract/**/*.test.ts'], environment: 'node', testTimeout: 60_000 },
      },
      {
        extends: true,
        test: { name: 'parity', include: ['test/parity/**/*.test.ts'], environment: 'node', testTimeout: 60_000 },
      },
      {
        // These drive a browser themselves: a group of its own, since one Chromium at a time is enough for two cores.
        extends: true,
        test: {
          name: 'demo',
          include: ['test/browser/**/*.demo.test.ts'],
          environment: 'node',
          fileParallelism: false,
          testTimeout: BROWSER_TIMEOUT_MS,
          hookTimeout: BROWSER_TIMEOUT_MS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        plugins: [serveBundles(resolve(root, 'models/bundles'))],
        optimizeDeps: { include: [...WORKER_PACKAGES] },
        test: {
          name: 'browser',
          include: ['test/browser/**/*.browser.test.ts'],
          fileParallelism: false,
          testTimeout: BROWSER_TIMEOUT_MS,
          hookTimeout: BROWSER_TIMEOUT_MS,
          sequence: { groupOrder: 2 },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunchOptions() }),
            instances: [{ browser: 'chromium' }],
            commands: { featuresInNode },
          },
        },
      },
    ],
  },
})
