import { largestDifference } from '../../../fixtures/golden-tft.ts'
import { median } from '../../statistics.ts'
import { type ContenderId, factsOf } from '../contenders.ts'
import type { Environment, RemoteHost } from '../environment.ts'
import type { GpuCounts } from '../gpu-counters.ts'
import type { Opened } from '../host.ts'
import type { SubjectId } from '../subjects.ts'
import { expectedQuantiles } from './expected-quantiles.ts'
import { type Effort, takeTurns } from './repeats.ts'

export const SIZES = [1, 64, 1024] as const
export type Size = (typeof SIZES)[number]

/** What was measured of one contender; what was not is not there. */
export interface ContenderFigures {
  readonly opened: Opened
  /** Milliseconds of forward passes of that many windows. */
  readonly forwardMs: Map<Size, readonly number[]>
  peakMemoryBytes: number | null
  gpu?: readonly GpuCounts[]
}

export type SubjectFigures = Map<ContenderId, ContenderFigures>

/** Hosts that run one subject, proven right. */
export interface OpenHosts {
  readonly hosts: Map<ContenderId, RemoteHost>
  readonly figures: SubjectFigures
  /** In place of one that has failed. */
  readonly restart: (id: ContenderId) => Promise<RemoteHost>
}

/** Absolute, on quantiles of about 1. */
const TOLERANCE = 1e-4
const GPU_COUNTS = 50
/** Of one window: what takes longer is counted once, since counts do not vary. */
const SLOW_MS = 200

/** Starts contenders one after another. One that does not run, or gives other quantiles, has no figures. */
export async function openHosts(
  environment: Environment,
  subject: SubjectId,
  contenders: readonly ContenderId[],
  say: Say,
): Promise<OpenHosts> {
  const expected = await expectedQuantiles(subject)
  const hosts = new Map<ContenderId, RemoteHost>()
  const figures: SubjectFigures = new Map()
  for (const id of contenders) {
    const { title, needs } = factsOf(id)
    const host = await environment.start(id)
    try {
      const opened = await host.open(id, subject)
      const difference = largestDifference(Float32Array.from(opened.quantiles), expected)
      if (!(difference <= TOLERANCE)) throw new Error(`its quantiles are off by ${difference}`)
      if (needs !== undefined && !opened.uses.includes(needs)) throw new Error(`no ${needs} here`)
      say(`${environment.name} ${subject}: ${title}, cold ${opened.coldMs.toFixed(0)} ms`)
      hosts.set(id, host)
      figures.set(id, { opened, forwardMs: new Map(), peakMemoryBytes: null })
    } catch (error) {
      say(`${environment.name} ${subject}: ${title} IS LEFT OUT: ${(error as Error).message}`)
      await host.stop()
    }
  }
  const restart = async (id: ContenderId) => {
    await hosts.get(id)?.stop()
    const host = await environment.start(id)
    await host.open(id, subject)
    return host
  }
  return { hosts, figures, restart }
}

export type Say = (text: string) => void

/** Warm forward passes of every size, GPU counts, and memory. */
export async function measureForward(open: OpenHosts, effort: Effort, say: Say): Promise<void> {
  const { hosts, figures } = open
  for (const size of SIZES) {
    const turns = [...hosts]
      .filter(([id]) => estimateMs(figures.get(id)!, size) < effort.longestMs)
      .map(([key, host]) => ({ key, host, size }))
    const { times, failed } = await takeTurns(turns, effort)
    for (const [id, ms] of times) figures.get(id)!.forwardMs.set(size, ms)
    for (const [id, error] of failed) {
      say(`  ${factsOf(id).title} FAILS at batch ${size}: ${error.message.split('\n')[0]}`)
      hosts.set(id, await open.restart(id))
    }
    say(`  batch ${size}: ${times.size} contenders`)
  }
  for (const [id, host] of hosts) {
    const figure = figures.get(id)!
    if (factsOf(id).gpu) figure.gpu = await host.countGpu(isSlow(figure) ? 1 : GPU_COUNTS)
    figure.peakMemoryBytes = await host.peakMemoryBytes()
  }
}

const isSlow = ({ forwardMs }: ContenderFigures): boolean => median(forwardMs.get(1) ?? [0]) > SLOW_MS

/** From the size before, as if windows cost the same in any batch. */
function estimateMs({ forwardMs }: ContenderFigures, size: Size): number {
  const before = SIZES[SIZES.indexOf(size) - 1]
  if (before === undefined) return 0
  const times = forwardMs.get(before)
  return times ? (Math.min(...times) / before) * size : Number.POSITIVE_INFINITY
}

export async function stopHosts({ hosts }: OpenHosts): Promise<void> {
  for (const host of hosts.values()) await host.stop()
}
