import type { CompiledFeature } from '../feature/compile-features.ts'
import { type Scaler, scale } from './scaler.ts'

/** A year of hours and more. */
const KEPT_ROWS = 10_000

/** Scaled known features by time. They depend on nothing else, and windows that follow one another ask for the same. */
export class KnownRows {
  readonly width: number
  readonly #features: readonly CompiledFeature[]
  readonly #scalers: readonly Scaler[]
  readonly #rows = new Map<number, Float32Array>()

  /** @param features known ones, a scaler each */
  constructor(features: readonly CompiledFeature[], scalers: readonly Scaler[]) {
    this.width = features.length
    this.#features = features
    this.#scalers = scalers
  }

  /** Of the candle that opens at this time (UTC ms), `[Fk]`. */
  at(openTimeMs: number): Float32Array {
    const kept = this.#rows.get(openTimeMs)
    if (kept) return kept
    const row = Float32Array.from(this.#features, (feature, f) => scale(feature.at!(openTimeMs), this.#scalers[f]))
    if (this.#rows.size >= KEPT_ROWS) this.#rows.clear()
    this.#rows.set(openTimeMs, row)
    return row
  }
}
