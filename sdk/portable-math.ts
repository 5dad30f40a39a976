/**
 * Elementary functions that give the same bits in every JavaScript engine. ECMAScript leaves the last digits of `Math.log`,
 * `Math.exp`, `Math.sin` and `**` to the engine, and Node 20 and Chromium do differ; additions, multiplications, divisions
 * and square roots are exact everywhere (IEEE 754). Features are made of these, so that a model sees in a browser what it
 * was trained on. Accurate to a few units in the last place.
 */

const bits = new ArrayBuffer(8)
const asFloat = new Float64Array(bits)
const asWords = new Uint32Array(bits)
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0

const SQRT2 = Math.SQRT2
/** ln 2 in two parts: the first has trailing zeros, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const SMALLEST_NORMAL = 2 ** -1022
const TWO_POW_54 = 18014398509481984

/**
 * Natural logarithm: with x = m·2^e and m near 1, `e·ln 2 + 2·artanh((m − 1)/(m + 1))`, the latter as its power series.
 * −∞ at 0, NaN below.
 */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
  if (x === Number.POSITIVE_INFINITY) return x
  const subnormal = x < SMALLEST_NORMAL
  asFloat[0] = subnormal ? x * TWO_POW_54 : x
  let exponent = (asWords[HIGH_WORD] >>> 20) - 1023 - (subnormal ? 54 : 0)
  asWords[HIGH_WORD] = (asWords[HIGH_WORD] & 0x000fffff) | 0x3ff00000
  let mantissa = asFloat[0]
  if (mantissa > SQRT2) {
    mantissa /= 2
    exponent++
  }
  const s = (mantissa - 1) / (mantissa + 1)
  const z = s * s
  let series = 0
  for (let odd = 21; odd >= 3; odd -= 2) series = (series + 1 / odd) * z
  return exponent * LN2_HIGH + (exponent * LN2_LOW + (2 * s + 2 * s * series))
}

/** `2^(−1 / halfLife)`: what is left of a weight one step later; halfLife ≥ 1. */
export function halfLifeDecay(halfLife: number): number {
  const x = -Math.LN2 / halfLife
  let sum = 1
  for (let n = 20; n >= 1; n--) sum = 1 + (sum * x) / n
  return sum
}

/** `sin(2π·turns)` */
export const sinTurns = (turns: number): number => quarterWave(turns, 0)

/** `cos(2π·turns)` */
export const cosTurns = (turns: number): number => quarterWave(turns, 1)

/** Sine of `turns` plus `quarters` quarter turns: power series within an eighth of a turn around the nearest quarter. */
function quarterWave(turns: number, quarters: number): number {
  const nearest = Math.round(4 * turns)
  const angle = 2 * Math.PI * (turns - nearest / 4)
  const square = angle * angle
  const quadrant = (((nearest + quarters) % 4) + 4) % 4
  const odd = quadrant % 2 === 0
  // Horner from the highest power: sin = θ·(1 − θ²/(2·3)·(1 − θ²/(4·5)·…)), cos alike
  let sum = 1
  for (let n = 16; n >= 2; n -= 2) sum = 1 - (sum * square) / (odd ? n * (n + 1) : n * (n - 1))
  const value = odd ? angle * sum : sum
  return quadrant < 2 ? value : -value
}
