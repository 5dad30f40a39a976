import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import type { Plugin } from 'vite'

interface FoundBundle {
  name: string
  version: string
  simulated: boolean
  folder: string
}

const folders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => join(path, entry.name))

/** `path` is a bundle, or holds bundles as `<name>/<version>/`. */
const bundleFolders = (path: string): string[] =>
  !existsSync(path) ? [] : existsSync(join(path, 'manifest.json')) ? [path] : folders(path).flatMap(bundleFolders)

function findBundles(sources: readonly string[]): FoundBundle[] {
  const found = new Map<string, FoundBundle>()
  for (const folder of sources.flatMap(bundleFolders)) {
    const { name, version, training } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    const id = `${name}/${version}`
    if (!found.has(id)) found.set(id, { name, version, simulated: training?.simulated === true, folder })
  }
  return [...found.values()]
}

const indexOf = (bundles: readonly FoundBundle[], base: string): string =>
  JSON.stringify(
    bundles.map(({ name, version, simulated }) => ({
      name,
      version,
      url: `${base}bundles/${name}/${version}/`,
      simulated,
    })),
    null,
    2,
  )

const CONTENT_TYPES: Record<string, string> = { json: 'application/json', md: 'text/markdown; charset=utf-8' }

/**
 * Serves bundles at `/bundles/<name>/<version>/` and lists them in `/bundles/index.json`; a build gets copies.
 * Bundles of the environment variable `EDGEQUANT_BUNDLES` (folders, separated as in `PATH`) come before `shipped`, and
 * hide one of the same name and version there.
 */
export function serveBundles(shipped: string): Plugin {
  const sources = [...(process.env.EDGEQUANT_BUNDLES ?? '').split(delimiter).filter(path => path !== ''), shipped].map(
    path => resolve(path),
  )
  let base = '/'
  return {
    name: 'edgequant-bundles',
    configResolved(config) {
      base = config.base
    },
    configureServer(server) {
      server.middlewares.use('/bundles', (request, response, next) => {
        const path = decodeURIComponent((request.url ?? '').replace(/^\//, '').replace(/[?#].*$/, ''))
        // Looked up for each request: a bundle trained while the server runs is there at once.
        const bundles = findBundles(sources)
        if (path === 'index.json') {
          response.setHeader('Content-Type', 'application/json')
          response.end(indexOf(bundles, base))
          return
        }
        const bundle = bundles.find(b => path.startsWith(`${b.name}/${b.version}/`))
        const name = path.split('/').at(-1) ?? ''
        // Only a file that lies in the bundle's folder itself: no path can lead out of it.
        if (
          !bundle ||
          path !== `${bundle.name}/${bundle.version}/${name}` ||
          !readdirSync(bundle.folder).includes(name)
        ) {
          // The app's page in place of a missing file would read as an altered bundle.
          response.statusCode = 404
          response.end(`No bundle file '${path}'.`)
          return
        }
        const file = join(bundle.folder, name)
        response.setHeader('Content-Type', CONTENT_TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream')
        response.setHeader('Content-Length', statSync(file).size)
        createReadStream(file).on('error', next).pipe(response)
      })
    },
    generateBundle() {
      if (this.environment.name !== 'client') return
      const bundles = findBundles(sources)
      for (const { name, version, folder } of bundles) {
        for (const file of readdirSync(folder)) {
          this.emitFile({
            type: 'asset',
            fileName: `bundles/${name}/${version}/${file}`,
            source: readFileSync(join(folder, file)),
          })
        }
      }
      this.emitFile({ type: 'asset', fileName: 'bundles/index.json', source: indexOf(bundles, base) })
    },
  }
}
