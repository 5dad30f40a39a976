/** Single-character edits between two words. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    above = row
  }
  return above[b.length]
}

const COUNT = 5

/** The names that a misspelt one may have meant, the likeliest first. */
export function nearestNames(name: string, known: readonly string[]): string[] {
  const wanted = name.toUpperCase()
  return known
    .map(candidate => ({ candidate, distance: editDistance(wanted, candidate.toUpperCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, COUNT)
    .map(({ candidate }) => candidate)
}

/** As `nearestNames`, for symbols: the same asset in another quote, or as a perpetual, is nearer than any other asset. */
export function nearestSymbols(symbol: string, known: readonly string[]): string[] {
  const base = symbol.split('/')[0].toUpperCase()
  const isSameBase = (other: string): boolean => other.split('/')[0].toUpperCase() === base
  const sameBase = nearestNames(symbol, known.filter(isSameBase))
  const others = nearestNames(
    symbol,
    known.filter(other => !isSameBase(other)),
  )
  return [...sameBase, ...others].slice(0, COUNT)
}
