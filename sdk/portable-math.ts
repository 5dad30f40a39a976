/**
 * Elementary functions that give the same bits in every JavaScript engine. ECMAScript leaves the last digits of `Math.log`,
 * `Math.exp`, `Math.sin` and `**` to the engine, and Node 20 and Chromium do differ; additions, multiplications, divisions
 * and square roots are exact everywhere (IEEE 754). Features are made of these, so that a model sees in a browser what it
 * was trained on. Accurate to a few units in the last place.
 */

const bits = new ArrayBuffer(8)
const asFloat = new Float64Array(bits)
const asWords = new Int32Array(bits)
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0

const SMALLEST_NORMAL = 2 ** -1022
const TWO_POW_54 = 18014398509481984
/** High word of √½: where the exponent changes, so that mantissas lie around 1. */
const HIGH_OF_SQRT_HALF = 0x3fe6a09e
/** ln 2 in two parts: the first has trailing zeros, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

/** `2^−e` at `e + 1022`. */
const SCALES = new Float64Array(2048)
for (let i = 0, scale = 2 ** 1022; i < SCALES.length; i++, scale /= 2) SCALES[i] = scale

/** Logarithms of n/128 in two parts as well: the first is a multiple of 2⁻⁴². */
const STEPS = 128
const LN_HIGH = new Float64Array(2 * STEPS)
const LN_LOW = new Float64Array(2 * STEPS)
fillLogarithms()

/** From n to n + 1 the logarithm grows by `2·artanh(1 / (2n + 1))`; summed up in fixed point. */
function fillLogarithms(): void {
  const shift = 110n
  const growthFrom = (n: number): bigint => {
    const x = BigInt(2 * n + 1)
    let sum = 0n
    let odd = 1n
    for (let power = (2n << shift) / x; power > 0n; power /= x * x, odd += 2n) sum += power / odd
    return sum
  }
  const put = (n: number, logarithm: bigint): void => {
    const high = logarithm >> (shift - 42n)
    LN_HIGH[n] = Number(high) * 2 ** -42
    LN_LOW[n] = Number(logarithm - (high << (shift - 42n))) * 2 ** -110
  }
  let logarithm = 0n
  for (let n = STEPS; n < 1.5 * STEPS; n++) {
    logarithm += growthFrom(n)
    put(n + 1, logarithm)
  }
  logarithm = 0n
  for (let n = STEPS - 1; n > 0.7 * STEPS; n--) {
    logarithm -= growthFrom(n)
    put(n, logarithm)
  }
}

/**
 * Natural logarithm: x = m·2^e with m around 1 and c the nearest multiple of 1/128, so that
 * `ln x = e·ln 2 + ln c + 2·artanh((m − c)/(m + c))`; the first two from tables, the last as its power series.
 * −∞ at 0, NaN below.
 */
export function ln(x: number): number {
  if (!(x >= SMALLEST_NORMAL && x < Number.POSITIVE_INFINITY)) return lnOfOdd(x)
  asFloat[0] = x
  const exponent = (asWords[HIGH_WORD] - HIGH_OF_SQRT_HALF) >> 20
  const mantissa = x * SCALES[exponent + 1022]
  const nearest = (mantissa * STEPS + 0.5) | 0
  const center = nearest / STEPS
  const s = (mantissa - center) / (mantissa + center)
  const z = s * s
  const series = s * z * (2 / 3 + z * (2 / 5 + z * (2 / 7)))
  return exponent * LN2_HIGH + LN_HIGH[nearest] + (2 * s + (series + (exponent * LN2_LOW + LN_LOW[nearest])))
}

function lnOfOdd(x: number): number {
  if (x > 0 && x < SMALLEST_NORMAL) return ln(x * TWO_POW_54) - 54 * Math.LN2
  if (x === 0) return Number.NEGATIVE_INFINITY
  return x > 0 ? x : Number.NaN
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
