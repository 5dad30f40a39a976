import type { Part } from './part.ts'

/** So many parts of about the same size become one: a series of n pages is rewritten log₈ n times, and has few parts. */
const FAN_IN = 8
/** Values (rows × columns) of the smallest size. */
const SMALL = 8_192
/** From here on a part is large enough: merging it would cost more memory than it saves files. */
const LARGE = 1_000_000

/** The parts that should become one now; none where all is well. */
export function partsToMerge(parts: readonly Part[], columns: number): readonly Part[] {
  const bySize = new Map<number, Part[]>()
  for (const part of parts) {
    const values = part.rows * columns
    if (values >= LARGE) continue
    const size = values < SMALL ? 0 : Math.floor(Math.log(values / SMALL) / Math.log(FAN_IN)) + 1
    bySize.set(size, [...(bySize.get(size) ?? []), part])
  }
  for (const group of bySize.values()) if (group.length >= FAN_IN) return group
  return []
}
