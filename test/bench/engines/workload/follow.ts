import type { ContenderId } from '../contenders.ts'
import type { OpenHosts } from './forward.ts'
import type { Effort } from './repeats.ts'

/** Candles of a turn. */
const CANDLES = 150
/** Until code is optimised. */
const WARM_UP_CANDLES = 600

/** Milliseconds of new candles for ours, of whole forward passes for the others, taking turns. */
export async function measureFollow(
  { hosts }: OpenHosts,
  ours: readonly ContenderId[],
  peers: readonly ContenderId[],
  { budgetMs, rounds }: Effort,
): Promise<Map<ContenderId, number[]>> {
  const times = new Map<ContenderId, number[]>([...ours, ...peers].map(id => [id, []]))
  for (const id of ours) await hosts.get(id)!.follow(WARM_UP_CANDLES)
  for (let round = 0; round < rounds; round++) {
    for (const id of ours) times.get(id)!.push(...(await hosts.get(id)!.follow(CANDLES)))
    for (const id of peers) {
      const [estimate = 1] = await hosts.get(id)!.time(1, 1)
      const repeats = Math.min(CANDLES, Math.ceil(budgetMs / 2 / rounds / estimate))
      times.get(id)!.push(...(await hosts.get(id)!.time(1, repeats)))
    }
  }
  return times
}
