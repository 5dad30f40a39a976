/** The values that are there, ascending. */
export const sortedPresent = (values: ArrayLike<number>): Float64Array =>
  Float64Array.from(values)
    .filter(value => !Number.isNaN(value))
    .sort()

/** Linear between the two nearest; `sorted` must not be empty. */
export function quantileOf(sorted: ArrayLike<number>, level: number): number {
  const at = level * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (at - below) * (sorted[above] - sorted[below])
}

export interface Moments {
  readonly mean: number
  readonly deviation: number
}

export function momentsOf(values: ArrayLike<number>): Moments {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  const mean = sum / values.length
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2
  return { mean, deviation: Math.sqrt(squares / values.length) }
}

/** Share of values by bin; what lies outside counts in the first and the last. */
export function histogramOf(sorted: ArrayLike<number>, bins: { low: number; high: number; count: number }): number[] {
  const { low, high, count } = bins
  const shares = new Array<number>(count).fill(0)
  const scale = count / (high - low)
  for (let i = 0; i < sorted.length; i++) {
    const bin = Math.floor((sorted[i] - low) * scale)
    shares[Math.min(count - 1, Math.max(0, bin))] += 1 / sorted.length
  }
  return shares
}
