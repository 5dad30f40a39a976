import type { Bundle } from '../sdk/bundle/bundle.ts'
import type { SeriesWindows, WindowBatch } from '../sdk/engine.ts'

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

/** One golden window as a batch. */
export function goldenWindow({ golden: { batch }, network: { shape } }: Bundle, window: number): WindowBatch {
  const observed = shape.lookback * shape.observed
  const known = (shape.lookback + shape.horizons) * shape.known
  return {
    size: 1,
    observed: batch.observed.subarray(window * observed, (window + 1) * observed),
    known: batch.known.subarray(window * known, (window + 1) * known),
    symbols: batch.symbols.subarray(window, window + 1),
  }
}

/** A series of so many windows out of the steps of the golden ones, over and over: nothing to prove, something to measure. */
export function goldenSteps({ golden: { batch }, manifest, network }: Bundle, windows: number): SeriesWindows {
  const { lookback, observed, known } = network.shape
  const steps = windows + lookback - 1
  const repeat = (values: Float32Array, width: number, rows: number) =>
    Float32Array.from({ length: rows * width }, (_, i) => values[i % values.length])
  return {
    symbol: batch.symbols[0],
    observed: repeat(batch.observed, observed, steps),
    known: repeat(batch.known, known, steps + manifest.horizons.at(-1)!),
    horizons: manifest.horizons,
  }
}
