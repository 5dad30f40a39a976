export interface UnitRootTest {
  /** t statistic of the level's coefficient. */
  readonly statistic: number
  /** At 5 %; a unit root is refused below it. */
  readonly critical: number
}

/** Below this share of a regressor's own variance, what others leave of it is rounding. */
const COLLINEAR = 1e-10

/**
 * Augmented Dickey–Fuller test with a constant: `Δx[t] = a + γ x[t−1] + Σ δᵢ Δx[t−i] + u`, t statistic of γ. Null where the regressors
 * are collinear, as those of a sine are.
 * @see Said and Dickey (1984), Testing for Unit Roots in Autoregressive-Moving Average Models of Unknown Order, Biometrika 71
 */
export function unitRootTest(values: ArrayLike<number>, lags: number): UnitRootTest | null {
  const n = values.length
  const rows = n - lags - 1
  const free = rows - lags - 2
  if (free < 1) return null
  const { matrix, moments, total } = normalEquations(values, lags)
  const factor = cholesky(matrix)
  if (factor === null) return null
  const coefficients = solve(factor, moments)
  const residual = total - coefficients.reduce((sum, value, i) => sum + value * moments[i], 0)
  if (!(residual > COLLINEAR * total)) return null
  const first = Float64Array.from(moments, (_, i) => (i === 0 ? 1 : 0))
  const variance = (residual / free) * solve(factor, first)[0]
  return { statistic: coefficients[0] / Math.sqrt(variance), critical: criticalValue(rows) }
}

/** At 5 %, with a constant. @see MacKinnon (2010), Critical Values for Cointegration Tests, Queen's Working Paper 1227, table 2 */
const criticalValue = (n: number): number => -2.86154 - 2.8903 / n - 4.234 / n ** 2 - 40.04 / n ** 3

/**
 * Sums of products of `x[t−1], Δx[t−1], …, Δx[t−lags]` about their means (`matrix`), with Δx[t] (`moments`), and of Δx[t] with itself
 * (`total`), over t = lags + 1 … n − 1. A product of two lagged differences is that of the lags before but for its ends, so that
 * only the first row is summed.
 */
function normalEquations(values: ArrayLike<number>, lags: number) {
  const n = values.length
  const from = lags + 1
  const rows = n - from
  const centre = values[n - 1]
  const x = Float64Array.from(values, value => value - centre)
  const d = x.map((value, t) => (t === 0 ? 0 : value - x[t - 1]))
  const levelMean = x.subarray(from - 1, n - 1).reduce((sum, value) => sum + value, 0) / rows
  const differenceMean = (lag: number) => (x[n - 1 - lag] - x[from - 1 - lag]) / rows

  const products = Array.from({ length: lags + 1 }, () => new Float64Array(lags + 1))
  const withLevel = new Float64Array(lags + 1)
  for (let lag = 0; lag <= lags; lag++) {
    let sum = 0
    let levels = 0
    for (let t = from; t < n; t++) {
      sum += d[t] * d[t - lag]
      levels += x[t - 1] * d[t - lag]
    }
    products[0][lag] = sum
    withLevel[lag] = levels - rows * levelMean * differenceMean(lag)
  }
  for (let i = 1; i <= lags; i++) {
    for (let j = i; j <= lags; j++) {
      products[i][j] = products[i - 1][j - 1] + d[from - i] * d[from - j] - d[n - i] * d[n - j]
    }
  }
  const centred = (i: number, j: number) =>
    products[Math.min(i, j)][Math.max(i, j)] - rows * differenceMean(i) * differenceMean(j)
  let levelSquares = 0
  for (let t = from; t < n; t++) levelSquares += (x[t - 1] - levelMean) ** 2

  const matrix = Array.from({ length: lags + 1 }, (_, i) =>
    Float64Array.from({ length: lags + 1 }, (_, j) =>
      i === 0 && j === 0 ? levelSquares : i === 0 ? withLevel[j] : j === 0 ? withLevel[i] : centred(i, j),
    ),
  )
  const moments = Float64Array.from({ length: lags + 1 }, (_, i) => (i === 0 ? withLevel[0] : centred(0, i)))
  return { matrix, moments, total: centred(0, 0) }
}

/** Lower factor of a positive definite matrix; null where it is singular to working precision. */
function cholesky(matrix: readonly Float64Array[]): Float64Array[] | null {
  const lower = matrix.map(row => new Float64Array(row.length))
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i][j]
      for (let k = 0; k < j; k++) sum -= lower[i][k] * lower[j][k]
      if (i > j) lower[i][j] = sum / lower[j][j]
      else if (sum > COLLINEAR * matrix[i][i]) lower[i][i] = Math.sqrt(sum)
      else return null
    }
  }
  return lower
}

function solve(lower: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = lower.length
  const x = right.slice()
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i] -= lower[i][k] * x[k]
    x[i] /= lower[i][i]
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] -= lower[k][i] * x[k]
    x[i] /= lower[i][i]
  }
  return x
}
