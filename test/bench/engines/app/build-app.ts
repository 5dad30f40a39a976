import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { build, type Plugin, preview } from 'vite'
import { linkPackages, PACKAGE_JSON, stagePackage } from '../../../fixtures/stage-package.ts'
import { chromiumLaunchOptions } from '../../../setup/chromium.ts'
import { writeReferenceBundle } from '../reference-bundle.ts'

const ROOT = resolve(import.meta.dirname, '../../../..')

/** For a clock finer than a tenth of a millisecond. */
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

/** A built app that has the package as its users get it, in a browser. */
export interface BuiltApp {
  /** A page of its own, loaded. */
  open(): Promise<Page>
  /** Paths of the files that were asked for since the last call, each once. */
  takeRequests(): string[]
  /** Of a path that was asked for. */
  fileOf(path: string): string
  readonly chromium: string
  close(): Promise<void>
}

export async function buildApp(): Promise<BuiltApp> {
  const folder = mkdtempSync(join(tmpdir(), 'edgequant-bench-'))
  await stagePackage(join(folder, 'node_modules/edgequant'))
  linkPackages(folder, [...Object.keys(PACKAGE_JSON.dependencies), ...Object.keys(PACKAGE_JSON.peerDependencies)])
  writeFileSync(join(folder, 'index.html'), '<script type="module" src="./page.ts"></script>')
  cpSync(resolve(import.meta.dirname, 'page.ts'), join(folder, 'page.ts'))
  mkdirSync(join(folder, 'public/reference'), { recursive: true })
  for (const [name, bytes] of await writeReferenceBundle()) writeFileSync(join(folder, 'public/reference', name), bytes)
  cpSync(join(ROOT, 'models/bundles/crypto-hourly/1.0.0'), join(folder, 'public/shipped'), { recursive: true })
  await build({ root: folder, configFile: false, logLevel: 'error' })

  const requests = new Set<string>()
  const server = await preview({
    root: folder,
    configFile: false,
    logLevel: 'error',
    plugins: [recordRequests(requests)],
    preview: { port: 0, host: '127.0.0.1', headers: ISOLATED },
  })
  const { port } = server.httpServer.address() as AddressInfo
  const browser: Browser = await chromium.launch(chromiumLaunchOptions())
  const context = await browser.newContext()
  return {
    async open() {
      const page = await context.newPage()
      page.on('pageerror', error => console.error(`app: ${error.message}`))
      await page.goto(`http://127.0.0.1:${port}/`)
      await page.waitForFunction(() => 'app' in globalThis)
      return page
    },
    takeRequests() {
      const taken = [...requests]
      requests.clear()
      return taken
    },
    fileOf: path => join(folder, 'dist', path),
    chromium: browser.version(),
    async close() {
      await browser.close()
      await server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

const recordRequests = (requests: Set<string>): Plugin => ({
  name: 'bench-requests',
  configurePreviewServer(server) {
    server.middlewares.use((request, _response, next) => {
      requests.add(new URL(request.url ?? '/', 'http://localhost').pathname)
      next()
    })
  },
})
