import type { KnownFeature } from '../feature/feature.ts'
import { findFeature } from '../feature/registry.ts'
import { type Scaler, scale } from './scaler.ts'

/** A year of hours and more. */
const KEPT_ROWS = 10_000

/** A known feature as a model uses it. */
interface ScaledKnownFeature {
  readonly name: string
  readonly scaler: Scaler
}

/** Scaled known features by time. They depend on nothing else, and windows that follow one another ask for the same. */
export class KnownRows {
  readonly width: number
  readonly #features: readonly { readonly feature: KnownFeature; readonly scaler: Scaler }[]
  readonly #rows = new Map<number, Float32Array>()

  constructor(features: readonly ScaledKnownFeature[]) {
    this.width = features.length
    this.#features = features.map(({ name, scaler }) => ({ feature: findFeature(name) as KnownFeature, scaler }))
  }

  /** Of the candle that opens at this time (UTC ms), `[Fk]`. */
  at(openTimeMs: number): Float32Array {
    const kept = this.#rows.get(openTimeMs)
    if (kept) return kept
    const row = Float32Array.from(this.#features, ({ feature, scaler }) => scale(feature.at(openTimeMs), scaler))
    if (this.#rows.size >= KEPT_ROWS) this.#rows.clear()
    this.#rows.set(openTimeMs, row)
    return row
  }
}
