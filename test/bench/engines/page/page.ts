/** Starts hosts in workers for whoever drives the page. */
import { type Remote, wrap } from 'comlink'
import type { Host } from '../host.ts'

interface Started {
  readonly worker: Worker
  readonly host: Remote<Host>
}

const started: Started[] = []

const bench = {
  /** @returns the host's number */
  start(): number {
    const worker = new Worker(new URL('../browser-host.worker.ts', import.meta.url), { type: 'module' })
    return started.push({ worker, host: wrap<Host>(worker) }) - 1
  },
  call(index: number, method: string, args: readonly unknown[]): Promise<unknown> {
    const { worker, host } = started[index]!
    const died = new Promise((_, fail) => {
      worker.onerror = event => fail(new Error(`The worker died: ${event.message}`))
    })
    const run = host[method as 'time'] as unknown as (...args: readonly unknown[]) => Promise<unknown>
    return Promise.race([run(...args), died])
  },
  stop(index: number): void {
    started[index]!.worker.terminate()
  },
  async adapter(): Promise<string> {
    const info = (await navigator.gpu?.requestAdapter())?.info
    return info ? [info.vendor, info.architecture, info.description].filter(Boolean).join(' ') : 'none'
  },
}

export type BenchPage = typeof bench

Object.assign(globalThis, { bench })
