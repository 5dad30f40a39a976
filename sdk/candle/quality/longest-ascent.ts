/**
 * A longest subsequence of rows whose times do not fall, in O(n log n): what is not in it is the fewest rows that are out of
 * order, so that one row far ahead does not make all after it wrong.
 * @see Fredman (1975), Discrete Mathematics 11: On computing the length of longest increasing subsequences
 */
export function longestAscent(rows: readonly number[], timesMs: Float64Array): number[] {
  // per length, the row with which an ascent of that length can end earliest
  const ends: number[] = []
  const before = new Map<number, number>()
  for (const row of rows) {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (timesMs[ends[middle]] <= timesMs[row]) low = middle + 1
      else high = middle
    }
    if (low > 0) before.set(row, ends[low - 1])
    ends[low] = row
  }
  const ascent: number[] = []
  let row: number | undefined = ends.at(-1)
  while (row !== undefined) {
    ascent.push(row)
    row = before.get(row)
  }
  return ascent
}
