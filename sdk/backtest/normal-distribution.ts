const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)

/** Standard normal distribution function, accurate to about 1e-15. */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN
  const z = Math.abs(x)
  const upperTail = z < 3 ? 0.5 - density(z) * centreSeries(z) : density(z) * tailFraction(z)
  return x < 0 ? upperTail : 1 - upperTail
}

/** `z + z³/3 + z⁵/(3·5) + …`; the density times this is `Φ(z) − ½`. */
function centreSeries(z: number): number {
  let term = z
  let sum = 0
  for (let k = 3; sum + term !== sum; k += 2) {
    sum += term
    term *= (z * z) / k
  }
  return sum
}

/** Laplace's continued fraction for `(1 − Φ(z)) / φ(z)`, from its 120th step outwards. */
function tailFraction(z: number): number {
  let denominator = z
  for (let k = 120; k > 0; k--) denominator = z + k / denominator
  return 1 / denominator
}

/** Standard normal quantile, for p within (0, 1): Newton's method on the distribution function, from the tail's side. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN
  if (p > 0.5) return -normalQuantile(1 - p)
  // the logistic distribution, scaled, is close enough to start from
  let x = Math.log(p / (1 - p)) / 1.702
  for (let step = 0; step < 60; step++) {
    // Newton on log Φ: concave, so steps from either side cannot overshoot into the far tail
    const cdf = normalCdf(x)
    const change = (Math.log(p / cdf) * cdf) / density(x)
    x += change
    if (Math.abs(change) < 1e-14 * Math.max(1, Math.abs(x))) break
  }
  return x
}
