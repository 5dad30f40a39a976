/**
 * Spearman's rank correlations of columns, over the rows at which both have a value, by their ranks in the whole column; NaN where one
 * of them is constant.
 */
export function rankCorrelations(columns: readonly ArrayLike<number>[]): Float64Array[] {
  const ranks = columns.map(ranksOf)
  const matrix = columns.map(() => new Float64Array(columns.length))
  for (let i = 0; i < columns.length; i++) {
    matrix[i][i] = 1
    for (let j = 0; j < i; j++) matrix[i][j] = matrix[j][i] = correlationOf(ranks[i], ranks[j])
  }
  return matrix
}

/** Equal values share the mean of their ranks; NaN keeps none. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const ranks = new Float64Array(values.length).fill(Number.NaN)
  const order = Uint32Array.from({ length: values.length }, (_, i) => i)
    .filter(i => !Number.isNaN(values[i]))
    .sort((a, b) => values[a] - values[b])
  for (let i = 0; i < order.length; ) {
    let end = i + 1
    while (end < order.length && values[order[end]] === values[order[i]]) end++
    for (let k = i; k < end; k++) ranks[order[k]] = (i + end - 1) / 2
    i = end
  }
  return ranks
}

function correlationOf(x: Float64Array, y: Float64Array): number {
  let n = 0
  let sumX = 0
  let sumY = 0
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]) || Number.isNaN(y[i])) continue
    n++
    sumX += x[i]
    sumY += y[i]
  }
  const [meanX, meanY] = [sumX / n, sumY / n]
  let xx = 0
  let yy = 0
  let xy = 0
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]) || Number.isNaN(y[i])) continue
    xx += (x[i] - meanX) ** 2
    yy += (y[i] - meanY) ** 2
    xy += (x[i] - meanX) * (y[i] - meanY)
  }
  return xy / Math.sqrt(xx * yy)
}

/** Groups of columns that hang together by |ρ| above a bound, those of one column left out. */
export function correlatedGroups(matrix: readonly ArrayLike<number>[], bound: number): number[][] {
  const groupOf = matrix.map((_, i) => i)
  matrix.forEach((row, i) => {
    for (let j = 0; j < i; j++) {
      if (!(Math.abs(row[j]) > bound)) continue
      const [from, to] = [groupOf[i], groupOf[j]]
      for (let k = 0; k < groupOf.length; k++) if (groupOf[k] === from) groupOf[k] = to
    }
  })
  const groups = new Map<number, number[]>()
  groupOf.forEach((group, i) => {
    groups.set(group, [...(groups.get(group) ?? []), i])
  })
  return [...groups.values()].filter(members => members.length > 1)
}

/** An order in which columns that are alike stand together: that of average-linkage clustering by 1 − |ρ|. */
export function alikeTogether(matrix: readonly ArrayLike<number>[]): number[] {
  const likeness = (i: number, j: number): number => Math.abs(matrix[i][j]) || 0
  const between = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, i) => sum + b.reduce((inner, j) => inner + likeness(i, j), 0), 0) / (a.length * b.length)
  const groups = matrix.map((_, i) => [i])
  const table = groups.map((a, i) => groups.map((b, j) => (i === j ? -1 : between(a, b))))
  while (groups.length > 1) {
    let best = [0, 1]
    for (let i = 0; i < groups.length; i++) {
      for (let j = i + 1; j < groups.length; j++) if (table[i][j] > table[best[0]][best[1]]) best = [i, j]
    }
    const [i, j] = best
    const [left, right] = [groups[i].length, groups[j].length]
    for (let k = 0; k < groups.length; k++) {
      if (k === i || k === j) continue
      table[i][k] = table[k][i] = (left * table[i][k] + right * table[j][k]) / (left + right)
    }
    groups[i] = [...groups[i], ...groups[j]]
    groups.splice(j, 1)
    table.splice(j, 1)
    for (const row of table) row.splice(j, 1)
  }
  return groups[0] ?? []
}
