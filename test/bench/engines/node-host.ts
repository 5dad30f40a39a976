/** A host in a Node process of its own; its parent calls it by message. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Host } from './host.ts'
import { recordedSeries } from './recorded-series.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

const host = new Host({
  read: async path => new Uint8Array(await readFile(resolve(ROOT, path))),
  series: recordedSeries,
  peakMemoryBytes: () => process.resourceUsage().maxRSS * 1024,
})

interface Call {
  readonly call: number
  readonly method: keyof Host
  readonly args: unknown[]
}

process.on('message', async ({ call, method, args }: Call) => {
  try {
    const run = host[method] as (...args: unknown[]) => unknown
    process.send!({ call, result: await run.apply(host, args) })
  } catch (error) {
    process.send!({ call, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})
