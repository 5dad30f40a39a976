import type { RemoteHost } from '../environment.ts'

/** How much time a figure may take. */
export interface Effort {
  /** Of each contender at each batch size. */
  readonly budgetMs: number
  /** Contenders take turns this often, so that none has the machine's good minutes to itself. */
  readonly rounds: number
  /** A forward pass that would take longer than this is not run. */
  readonly longestMs: number
}

export const FULL: Effort = { budgetMs: 2000, rounds: 5, longestMs: 30_000 }
export const QUICK: Effort = { budgetMs: 300, rounds: 2, longestMs: 6000 }

/** What takes longer is run once after a first time. */
const SLOW_MS = 3000
/** Of one contender in one round. */
const MOST_REPEATS = 500

/** One contender's part in taking turns. */
export interface Turn<K> {
  readonly key: K
  readonly host: RemoteHost
  /** B */
  readonly size: number
}

export interface Turns<K> {
  /** Milliseconds of forward passes. */
  readonly times: ReadonlyMap<K, readonly number[]>
  /** Who could not run at this size, and why. */
  readonly failed: ReadonlyMap<K, Error>
}

/**
 * Times warm forward passes, contenders taking turns. Each is warmed up first until its runtime has optimised its code: a
 * sixth of the budget.
 */
export async function takeTurns<K>(turns: readonly Turn<K>[], { budgetMs, rounds }: Effort): Promise<Turns<K>> {
  const times = new Map<K, number[]>()
  const failed = new Map<K, Error>()
  const repeats = new Map<K, number>()
  for (const { key, host, size } of turns) {
    try {
      const [first = 0] = await host.time(size, 1)
      if (first > SLOW_MS) {
        times.set(key, await host.time(size, 1))
        continue
      }
      await host.time(size, Math.ceil(budgetMs / 6 / first))
      const [estimate = first] = await host.time(size, 1)
      times.set(key, [])
      repeats.set(key, Math.min(MOST_REPEATS, Math.max(1, Math.round(budgetMs / rounds / estimate))))
    } catch (error) {
      failed.set(key, error as Error)
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const { key, host, size } of turns) {
      const count = repeats.get(key)
      if (count !== undefined) times.get(key)!.push(...(await host.time(size, count)))
    }
  }
  return { times, failed }
}
