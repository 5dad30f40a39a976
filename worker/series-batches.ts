import type { NetworkShape } from '../models/blocks.ts'
import type { Engine, Follower, SeriesWindows, WindowBatch } from '../sdk/engine.ts'
import { checkSeries, checkStep } from './check-batch.ts'
import { FollowerState } from './follower-state.ts'

/** Windows per pass: large enough to feed an engine, small enough not to hold a series many times over. */
const WINDOWS_PER_PASS = 256

/** The windows `from … to` (exclusive) of a series, each with all of its inputs. */
export function cutWindows(series: SeriesWindows, shape: NetworkShape, from: number, to: number): WindowBatch {
  const { lookback: L, horizons: H, observed: Fo, known: Fk } = shape
  const size = to - from
  const batch = {
    size,
    observed: new Float32Array(size * L * Fo), // [B, L, Fo]
    known: new Float32Array(size * (L + H) * Fk), // [B, L + H, Fk]
    symbols: new Int32Array(size).fill(series.symbol), // [B]
  }
  for (let b = 0; b < size; b++) {
    const first = from + b
    batch.observed.set(series.observed.subarray(first * Fo, (first + L) * Fo), b * L * Fo)
    const steps = b * (L + H)
    batch.known.set(series.known.subarray(first * Fk, (first + L) * Fk), steps * Fk)
    series.horizons.forEach((horizon, k) => {
      const step = first + L - 1 + horizon
      batch.known.set(series.known.subarray(step * Fk, (step + 1) * Fk), (steps + L + k) * Fk)
    })
  }
  return batch
}

/** How many windows a series has. */
export const windowCount = (series: SeriesWindows, { observed, lookback }: NetworkShape): number =>
  series.observed.length / observed - lookback + 1

/** `Engine.slide` by `forward`, for engines that share nothing between windows. */
export async function slideByForward(engine: Engine, series: SeriesWindows): Promise<Float32Array> {
  const { shape } = engine.network
  checkSeries(series, shape)
  const count = windowCount(series, shape)
  const perWindow = shape.horizons * shape.quantiles
  const all = new Float32Array(count * perWindow)
  for (let from = 0; from < count; from += WINDOWS_PER_PASS) {
    const to = Math.min(count, from + WINDOWS_PER_PASS)
    const { quantiles } = await engine.forward(cutWindows(series, shape, from, to))
    all.set(quantiles, from * perWindow)
  }
  return all
}

/** `Engine.follow` by `forward`, for engines that keep nothing between candles. */
export async function followByForward(engine: Engine, series: SeriesWindows): Promise<Follower> {
  const { shape } = engine.network
  checkSeries(series, shape)
  const { lookback: L, observed: Fo, known: Fk } = shape
  const steps = series.observed.length / Fo
  const window = {
    ...series,
    observed: series.observed.slice((steps - L) * Fo),
    known: series.known.slice((steps - L) * Fk),
  }
  const forecast = async () => (await engine.forward(cutWindows(window, shape, 0, 1))).quantiles
  let quantiles = await forecast()
  const state = new FollowerState()
  return {
    get quantiles() {
      return quantiles
    },
    async push(observed, known) {
      state.check()
      checkStep(observed, known, shape)
      appendStep(window.observed, observed)
      appendStep(window.known, known)
      quantiles = await state.computing(forecast)
      return quantiles
    },
    dispose() {
      state.dispose()
    },
  }
}

/** Moves rows on by one step. */
export function appendStep(rows: Float32Array, row: Float32Array): void {
  rows.copyWithin(0, row.length)
  rows.set(row, rows.length - row.length)
}
