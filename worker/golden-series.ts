import type { Bundle } from '../sdk/bundle/bundle.ts'
import type { SeriesWindows } from '../sdk/engine.ts'

/** A golden window as a series of one window: what `slide` and `follow` must give the golden outputs for. */
export function goldenSeries({ golden: { batch }, manifest, network }: Bundle, window: number): SeriesWindows {
  const { lookback: L, horizons: H, observed: Fo, known: Fk } = network.shape
  const { horizons } = manifest
  const steps = batch.known.subarray(window * (L + H) * Fk, (window + 1) * (L + H) * Fk)
  // Steps that no horizon reaches are seen by nobody.
  const known = new Float32Array((L + horizons.at(-1)!) * Fk)
  known.set(steps.subarray(0, L * Fk))
  horizons.forEach((horizon, k) => {
    known.set(steps.subarray((L + k) * Fk, (L + k + 1) * Fk), (L - 1 + horizon) * Fk)
  })
  return {
    symbol: batch.symbols[window],
    observed: batch.observed.slice(window * L * Fo, (window + 1) * L * Fo),
    known,
    horizons,
  }
}
