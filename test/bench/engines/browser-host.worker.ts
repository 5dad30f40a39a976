/** A host in a worker of a page; the page calls it through comlink. */
import { expose } from 'comlink'
import type { SeriesWindows } from '../../../sdk/engine.ts'
import { Host } from './host.ts'

async function get(path: string): Promise<Response> {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`)
  return response
}

async function series(subject: string): Promise<SeriesWindows> {
  const { symbol, horizons, observed, known } = await (await get(`/bench/series/${subject}.json`)).json()
  return { symbol, horizons, observed: Float32Array.from(observed), known: Float32Array.from(known) }
}

const read = async (path: string) => new Uint8Array(await (await get(`/${path}`)).arrayBuffer())

expose(new Host({ read, series, peakMemoryBytes: () => null }))
