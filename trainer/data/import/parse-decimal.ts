const ZERO = 48
const NINE = 57
const POINT = 46
const MINUS = 45
const PLUS = 43
const SPACE = 32

/** What `Number` alone would let through (`''`, `0x10`, `Infinity`) is not a number in a price file. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, k) => Number(`1e${k}`))

/**
 * The number that stands in bytes `start … end` (not included), exactly as `Number` would read it; NaN where they are no
 * decimal number.
 *
 * Up to 2^53 and 22 places the digits and the power of ten are exact, so that their quotient is rounded once, as it
 * should be (W. Clinger, "How to read floating point numbers accurately", 1990). `Number` reads the others.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS
  let digits = 0
  let places = 0
  let afterPoint = false
  let read = 0
  for (let i = negative ? start + 1 : start; i < end; i++) {
    const byte = bytes[i]
    if (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO)
      read++
      if (afterPoint) places++
    } else if (byte === POINT && !afterPoint) afterPoint = true
    else return parseUnusual(bytes, start, end)
  }
  if (read === 0 || places >= POWERS.length || digits > Number.MAX_SAFE_INTEGER) return parseUnusual(bytes, start, end)
  const value = digits / POWERS[places]
  return negative ? -value : value
}

/** With spaces around it, an exponent, a plus, or more digits than fit. */
function parseUnusual(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start]
  const mayBegin = (first >= ZERO && first <= NINE) || [POINT, MINUS, PLUS, SPACE].includes(first)
  if (!mayBegin) return Number.NaN
  const text = textOf(bytes, start, end)
  return DECIMAL.test(text) ? Number(text) : Number.NaN
}

/** What stands in bytes `start … end`, without spaces around it. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
    .toString('utf8')
    .trim()
}
