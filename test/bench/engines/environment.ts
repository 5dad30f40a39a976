import type { ContenderId } from './contenders.ts'
import type { Host } from './host.ts'

/** A host in its own process or worker, called from outside. */
export type RemoteHost = {
  readonly [K in 'open' | 'time' | 'countGpu' | 'slide' | 'follow' | 'peakMemoryBytes']: (
    ...args: Parameters<Host[K]>
  ) => Promise<Awaited<ReturnType<Host[K]>>>
} & { stop(): Promise<void> }

/** Where hosts can be started. */
export interface Environment {
  readonly name: 'node' | 'chromium'
  start(contender: ContenderId): Promise<RemoteHost>
  /** Facts for the machine's description. */
  readonly facts: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** Makes every method of a host a message: `call(method, arguments)`. */
export function remoteHost(
  call: (method: string, args: readonly unknown[]) => Promise<unknown>,
  stop: () => Promise<void>,
): RemoteHost {
  const method =
    (name: string) =>
    (...args: readonly unknown[]) =>
      call(name, args)
  return {
    open: method('open'),
    time: method('time'),
    countGpu: method('countGpu'),
    slide: method('slide'),
    follow: method('follow'),
    peakMemoryBytes: method('peakMemoryBytes'),
    stop,
  } as RemoteHost
}
