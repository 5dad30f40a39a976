import type { Weights } from '../../sdk/engine.ts'
import { affine, compose, denseOf, vectorOf } from './matrix.ts'
import type { Dense, GatedUnit } from './plan.ts'

/** Added to the variance in every layer norm. */
export const LAYER_NORM_EPSILON = 1e-5

/** The gate and norm of block `name`; `before` stands in front of the gate, or in it with `fold`. */
export function gatedUnitOf(
  weights: Weights,
  name: string,
  o: { before?: Dense | undefined; fold: boolean; copy?: number },
): GatedUnit {
  const gate = denseOf(weights, `${name}.glu`, o.copy)
  const norm = { gain: vectorOf(weights, `${name}.ln.g`, o.copy), offset: vectorOf(weights, `${name}.ln.b`, o.copy) }
  if (o.before === undefined) return { gate, ...norm }
  return o.fold ? { gate: compose(o.before, gate), ...norm } : { before: o.before, gate, ...norm }
}

/** `LN(skip + GLU(x))` of one vector, in float64. */
export function applyGatedUnit(unit: GatedUnit, x: Float64Array, skip: Float64Array): Float64Array {
  const N = unit.gain.length
  const columns = affine(unit.before ? affine(x, unit.before) : x, unit.gate)
  const z = skip.map((s, n) => s + columns[n] / (1 + Math.exp(-columns[N + n])))
  const mean = z.reduce((total, v) => total + v, 0) / N
  const variance = z.reduce((total, v) => total + (v - mean) ** 2, 0) / N
  const deviation = Math.sqrt(variance + LAYER_NORM_EPSILON)
  return z.map((v, n) => ((v - mean) / deviation) * unit.gain[n] + unit.offset[n])
}

/** Clevert et al. 2016, α = 1. */
export const elu = (x: number): number => (x > 0 ? x : Math.expm1(x))
