import type { NetworkShape } from '../models/blocks.ts'
import type { SeriesWindows } from '../sdk/engine.ts'
import { windowCount } from './series-batches.ts'

/** Neighbouring windows of a series as series of their own, on memory of their own, about as many in each. */
export function splitSeries(series: SeriesWindows, shape: NetworkShape, parts: number): SeriesWindows[] {
  const { lookback, observed: Fo, known: Fk } = shape
  const windows = windowCount(series, shape)
  const reach = series.horizons.at(-1)!
  return Array.from({ length: parts }, (_, part) => {
    const from = Math.floor((part * windows) / parts)
    // of the last window
    const to = Math.floor(((part + 1) * windows) / parts) + lookback - 1
    return {
      ...series,
      observed: series.observed.slice(from * Fo, to * Fo),
      known: series.known.slice(from * Fk, (to + reach) * Fk),
    }
  })
}
