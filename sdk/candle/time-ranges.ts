/** A stretch of time, its end excluded. Empty where `toMs` is not after `fromMs`. */
export interface TimeRange {
  /** UTC ms. */
  readonly fromMs: number
  /** UTC ms, not included. */
  readonly toMs: number
}

const isEmpty = ({ fromMs, toMs }: TimeRange): boolean => !(toMs > fromMs)

/** The same time in as few ranges as possible: sorted, disjoint, none empty, none touching another. */
export function unionRanges(ranges: readonly TimeRange[]): TimeRange[] {
  const union: TimeRange[] = []
  for (const range of ranges.filter(r => !isEmpty(r)).sort((a, b) => a.fromMs - b.fromMs)) {
    const last = union.at(-1)
    if (last === undefined || range.fromMs > last.toMs) union.push({ fromMs: range.fromMs, toMs: range.toMs })
    else if (range.toMs > last.toMs) union[union.length - 1] = { fromMs: last.fromMs, toMs: range.toMs }
  }
  return union
}

/** What of `range` is in none of `taken`. */
export function subtractRanges(range: TimeRange, taken: readonly TimeRange[]): TimeRange[] {
  const left: TimeRange[] = []
  let fromMs = range.fromMs
  for (const other of unionRanges(taken)) {
    left.push({ fromMs, toMs: Math.min(other.fromMs, range.toMs) })
    fromMs = Math.max(fromMs, other.toMs)
  }
  left.push({ fromMs, toMs: range.toMs })
  return left.filter(r => !isEmpty(r))
}
