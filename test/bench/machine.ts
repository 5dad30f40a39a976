import { availableParallelism, cpus, totalmem } from 'node:os'

/** What figures depend on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly platform: string
  readonly node: string
  /** Filled in by suites that use them. */
  readonly chromium?: string
  readonly adapter?: string
}

export const thisMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
})

export const describeMachine = (machine: Machine): string =>
  [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}`,
    `Node ${machine.node}`,
    ...(machine.chromium ? [`Chromium ${machine.chromium}`] : []),
    ...(machine.adapter ? [`WebGPU adapter: ${machine.adapter}`] : []),
  ].join('; ')
