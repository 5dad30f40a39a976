import { multiplyAdd } from './multiply-add'

/** Adding it to a float32 rounds that to a whole number, which then stands in the low bits: 1.5 · 2²³. */
const ROUNDER: f32 = 12582912

/**
 * 2^t for −126 ≤ t ≤ 126, relative error < 2.5e-7: 2^(t − whole) by its minimax polynomial of degree 5 on ±½, then
 * `whole` added to the exponent's bits. Outside of the range the bits wrap around, so callers clamp.
 */
function exp2Within(t: v128): v128 {
  const rounder = f32x4.splat(ROUNDER)
  const whole = f32x4.add(t, rounder)
  const rest = f32x4.sub(t, f32x4.sub(whole, rounder))
  let p = multiplyAdd(f32x4.splat(0.0013276467670305056), rest, f32x4.splat(0.009675541298841553))
  p = multiplyAdd(p, rest, f32x4.splat(0.055507132868527334))
  p = multiplyAdd(p, rest, f32x4.splat(0.24022119724728103))
  p = multiplyAdd(p, rest, f32x4.splat(0.6931469670566051))
  p = multiplyAdd(p, rest, f32x4.splat(1.0000000716544093))
  return i32x4.add(p, i32x4.shl(whole, 23))
}

/**
 * Smaller powers are nothing beside 1 in float32, and products with them stay clear of denormal numbers, which some
 * processors take a hundred times as long for.
 */
const NEGLIGIBLE: f32 = 100

/** 2^t for t ≤ 126; 2⁻¹⁰⁰ below −100. */
export function exp2Below(t: v128): v128 {
  return exp2Within(f32x4.pmax(t, f32x4.splat(-NEGLIGIBLE)))
}

/** 2^t, clamped to 2^±limit. */
export function exp2(t: v128, limit: f32): v128 {
  return exp2Within(f32x4.pmin(f32x4.pmax(t, f32x4.splat(-limit)), f32x4.splat(limit)))
}

/** 1 + 2^t: what a value is divided by to multiply it by sigmoid(−t · ln 2). */
export function onePlusExp2(t: v128): v128 {
  return f32x4.add(f32x4.splat(1), exp2(t, NEGLIGIBLE))
}

/** ELU(t · ln 2) + 1. The packed weights bring in the factor log₂e and take the one out again. */
export function eluPlusOne(t: v128): v128 {
  const zero = f32x4.splat(0)
  return multiplyAdd(f32x4.pmax(t, zero), f32x4.splat(<f32>Math.LN2), exp2Below(f32x4.pmin(t, zero)))
}

/** log(1 + eˣ), relative error < 1e-6: max(x, 0) + log1p(e^−|x|), with log1p(z) = 2 artanh(z / (2 + z)). */
export function softplus(x: v128): v128 {
  const z = exp2Below(f32x4.mul(f32x4.abs(x), f32x4.splat(-(<f32>Math.LOG2E))))
  const s = f32x4.div(z, f32x4.add(f32x4.splat(2), z))
  const square = f32x4.mul(s, s)
  let p = multiplyAdd(f32x4.splat(0.28178335531213733), square, f32x4.splat(0.27960602734943707))
  p = multiplyAdd(p, square, f32x4.splat(0.40024910272772835))
  p = multiplyAdd(p, square, f32x4.splat(0.6666631468247399))
  p = multiplyAdd(p, square, f32x4.splat(2.000000007921027))
  return multiplyAdd(s, p, f32x4.pmax(x, f32x4.splat(0)))
}
