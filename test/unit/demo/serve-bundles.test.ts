import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { build, createServer } from 'vite'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { serveBundles } from '../../../demo/serve-bundles.ts'

let root: string

function writeBundle(folder: string, name: string, version: string, weights: string, simulated = false): void {
  mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, folder, 'manifest.json'), JSON.stringify({ name, version, training: { simulated } }))
  writeFileSync(join(root, folder, 'weights.safetensors'), weights)
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'edgequant-bundles-'))
  writeFileSync(join(root, 'index.html'), 'the app')
  writeFileSync(join(root, 'secret.txt'), 'secret')
  writeBundle('shipped/alpha/1.0.0', 'alpha', '1.0.0', 'shipped alpha')
  writeBundle('shipped/beta/2.0.0', 'beta', '2.0.0', 'beta', true)
  writeBundle('run/bundle', 'alpha', '1.0.0', 'trained alpha')
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true })
})

/** Sends the path as it is; fetch would tidy it up. */
const get = (port: number, path: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path }, response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
      .on('error', reject)
      .end()
  })

async function served<T>(use: (at: (path: string) => ReturnType<typeof get>) => Promise<T>): Promise<T> {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [serveBundles(join(root, 'shipped'))],
    server: { port: 0, host: '127.0.0.1', ws: false, watch: null },
  })
  await server.listen()
  const { port } = server.httpServer!.address() as AddressInfo
  try {
    return await use(path => get(port, path))
  } finally {
    await server.close()
  }
}

const ALPHA = { name: 'alpha', version: '1.0.0', url: '/bundles/alpha/1.0.0/', simulated: false }
const BETA = { name: 'beta', version: '2.0.0', url: '/bundles/beta/2.0.0/', simulated: true }

describe('the bundles of the demo', () => {
  it('are listed with name, version, URL and whether their market was simulated', async () => {
    await served(async at => expect(JSON.parse((await at('/bundles/index.json')).text)).toEqual([ALPHA, BETA]))
  })

  it('of EDGEQUANT_BUNDLES come first and hide a shipped one of the same name and version', async () => {
    writeBundle('run/other', 'zeta', '0.1.0', 'zeta')
    vi.stubEnv('EDGEQUANT_BUNDLES', [join(root, 'run/other'), join(root, 'run/bundle')].join(delimiter))
    await served(async at => {
      const listed = JSON.parse((await at('/bundles/index.json')).text)
      expect(listed.map((bundle: { name: string }) => bundle.name)).toEqual(['zeta', 'alpha', 'beta'])
      expect((await at('/bundles/alpha/1.0.0/weights.safetensors')).text).toBe('trained alpha')
    })
  })

  it('are there as soon as they are written', async () => {
    await served(async at => {
      writeBundle('shipped/gamma/3.0.0', 'gamma', '3.0.0', 'gamma')
      expect((await at('/bundles/gamma/3.0.0/weights.safetensors')).text).toBe('gamma')
    })
  })

  it('answer 404, and never with the page, for what they do not have and for paths that lead out of them', async () => {
    const paths = [
      '/bundles/alpha/1.0.0/golden.safetensors',
      '/bundles/nobody/1.0.0/manifest.json',
      '/bundles/alpha/1.0.0/',
      '/bundles/alpha/1.0.0/..%2f..%2f..%2fsecret.txt',
      '/bundles/alpha/1.0.0/../../../secret.txt',
      '/bundles/alpha/1.0.0/%E0%A4%A',
    ]
    const answers = await served(at => Promise.all(paths.map(at)))
    expect(answers.filter(({ status, text }) => status < 400 || /the app|^secret/.test(text))).toEqual([])
  })

  it('are copied into a build', async () => {
    await build({ root, configFile: false, logLevel: 'silent', plugins: [serveBundles(join(root, 'shipped'))] })
    const built = (path: string) => readFileSync(join(root, 'dist/bundles', path), 'utf8')
    expect(JSON.parse(built('index.json'))).toEqual([ALPHA, BETA])
    expect(built('beta/2.0.0/weights.safetensors')).toBe('beta')
  })
})
