import { median } from '../../statistics.ts'
import type { ContenderId } from '../contenders.ts'
import { SERIES_STEPS } from '../recorded-series.ts'
import type { OpenHosts, Size } from './forward.ts'
import type { Effort } from './repeats.ts'

/** Ours over all candles; the others window by window in the batches that they like best. All on one thread. */
export interface SlideFigures {
  readonly windows: number
  /** By contender. */
  readonly windowsPerSecond: ReadonlyMap<ContenderId, number>
}

export async function measureSlide(
  { hosts, figures }: OpenHosts,
  ours: readonly ContenderId[],
  peers: readonly ContenderId[],
  { rounds }: Effort,
): Promise<SlideFigures> {
  const rates = new Map<ContenderId, number[]>([...ours, ...peers].map(id => [id, []]))
  let windows = 0
  for (const id of ours) await hosts.get(id)!.slide(2000)
  for (let round = 0; round < Math.ceil(rounds / 2); round++) {
    for (const id of ours) {
      const slid = await hosts.get(id)!.slide(SERIES_STEPS)
      windows = slid.windows
      rates.get(id)!.push((slid.windows / slid.ms) * 1000)
    }
    for (const id of peers) {
      const size = bestSize(figures.get(id)!.forwardMs)
      for (const ms of await hosts.get(id)!.time(size, 2)) rates.get(id)!.push((size / ms) * 1000)
    }
  }
  return { windows, windowsPerSecond: new Map([...rates].map(([id, values]) => [id, median(values)])) }
}

/** The batch size with the most windows per second. */
function bestSize(forwardMs: ReadonlyMap<Size, readonly number[]>): Size {
  const perWindow = [...forwardMs].map(([size, times]) => ({ size, ms: median(times) / size }))
  return perWindow.reduce((best, other) => (other.ms < best.ms ? other : best)).size
}
