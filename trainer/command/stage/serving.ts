import { createReadStream, existsSync } from 'node:fs'
import { basename, delimiter, join, resolve } from 'node:path'
import type { Connect, Plugin, ViteDevServer } from 'vite'
import { ConfigError } from '../../../sdk/errors.ts'
import { CANDLES_FOLDER, CANDLES_INDEX } from '../../registry/publish-candles.ts'
import type { RunDirectory } from '../../registry/run-directory.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../..')
const DEMO_CONFIG = join(REPOSITORY, 'demo', 'vite.config.ts')
const DEFAULT_PORT = 5173

export interface Served {
  readonly url: string
  /** The port that was asked for, where another one had to be taken. */
  readonly takenPort: number | null
  close(): Promise<void>
}

/**
 * Serves the demo with a run's bundle (`/bundles/`, beside those that ship) and its candles (`/candles/`).
 * @throws ConfigError `DEMO_MISSING`
 */
export async function serveDemo(run: RunDirectory | null, port = DEFAULT_PORT): Promise<Served> {
  const vite = await import('vite').catch(() => null)
  if (!vite || !existsSync(DEMO_CONFIG)) {
    throw new ConfigError(
      'DEMO_MISSING',
      `The demo cannot be served: ${vite ? `${DEMO_CONFIG} is not there` : "the package 'vite' is not installed"}. Run this in a clone of the repository after npm ci.`,
      { demo: DEMO_CONFIG },
    )
  }
  // Read by the demo's own configuration, which serves bundles in development and in builds alike.
  if (run)
    process.env.EDGEQUANT_BUNDLES = [run.file('bundle'), process.env.EDGEQUANT_BUNDLES].filter(Boolean).join(delimiter)
  const server = await vite.createServer({
    configFile: DEMO_CONFIG,
    logLevel: 'error',
    server: { port },
    plugins: run ? [serveCandles(run.file(CANDLES_FOLDER))] : [],
  })
  await server.listen()
  const actual = listeningPort(server)
  return {
    url: server.resolvedUrls?.local[0] ?? `http://localhost:${actual}/`,
    takenPort: actual === port ? null : port,
    close: () => server.close(),
  }
}

function listeningPort(server: ViteDevServer): number {
  const address = server.httpServer?.address()
  return typeof address === 'object' && address ? address.port : DEFAULT_PORT
}

/** The files of one folder at `/candles/`; nothing outside it. */
function serveCandles(folder: string): Plugin {
  const handle: Connect.NextHandleFunction = (request, response, next) => {
    const name = basename(decodeURIComponent((request.url ?? '').replace(/[?#].*$/, '')))
    const file = join(folder, name)
    if (!(name === CANDLES_INDEX || name.endsWith('.csv')) || !existsSync(file)) {
      response.statusCode = 404
      response.end(`No candles '${name}'.`)
      return
    }
    response.setHeader('Content-Type', name.endsWith('.json') ? 'application/json' : 'text/csv; charset=utf-8')
    createReadStream(file).on('error', next).pipe(response)
  }
  return {
    name: 'edgequant-candles',
    configureServer(server) {
      server.middlewares.use('/candles', handle)
    },
  }
}
