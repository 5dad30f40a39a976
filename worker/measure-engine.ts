import type { Bundle } from '../sdk/bundle/bundle.ts'
import type { Engine, WindowBatch } from '../sdk/engine.ts'

/** What an engine takes, warm, in ms. */
export interface Measurement {
  /** Median for one window. */
  readonly batch1P50Ms: number
  /** Median for each window of a large batch. */
  readonly windowP50Ms: number
}

const SINGLE_RUNS = 5
const BATCH_RUNS = 3
/** A batch that keeps a GPU busy, where the engine manages it in time; else the smaller one. */
const LARGE_BATCH = 256
const SMALL_BATCH = 32
/** Loading must not wait longer for one run of the large batch. */
const BATCH_LIMIT_MS = 60

const SHORTEST_RUN_MS = 4
const MOST_PASSES = 1_000

/** Measures an engine that has been proven on the golden windows, on those same windows, over and over. */
export async function measureEngine(engine: Engine, bundle: Bundle): Promise<Measurement> {
  const batch1P50Ms = await medianMs(engine, goldenWindows(bundle, 1), SINGLE_RUNS)
  const small = goldenWindows(bundle, SMALL_BATCH)
  const firstMs = await medianMs(engine, small, 1)
  const isQuick = (firstMs * LARGE_BATCH) / SMALL_BATCH <= BATCH_LIMIT_MS
  const batch = isQuick ? goldenWindows(bundle, LARGE_BATCH) : small
  const batchMs = await medianMs(engine, batch, firstMs <= BATCH_LIMIT_MS ? BATCH_RUNS : 1)
  return { batch1P50Ms, windowP50Ms: batchMs / batch.size }
}

/** Of so many runs, each of as many passes as the clock needs: browsers' clocks tick in steps of up to a millisecond. */
async function medianMs(engine: Engine, batch: WindowBatch, runs: number): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    let tookMs = 0
    let passes = 0
    while (tookMs < SHORTEST_RUN_MS && passes < MOST_PASSES) {
      await engine.forward(batch)
      passes++
      tookMs = performance.now() - start
    }
    times.push(tookMs / passes)
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]
}

/** As many windows as asked for: the golden ones, again and again. */
function goldenWindows({ golden: { batch }, network: { shape } }: Bundle, size: number): WindowBatch {
  const observedLength = shape.lookback * shape.observed
  const knownLength = (shape.lookback + shape.horizons) * shape.known
  const windows = {
    size,
    observed: new Float32Array(size * observedLength),
    known: new Float32Array(size * knownLength),
    symbols: new Int32Array(size),
  }
  for (let b = 0; b < size; b++) {
    const from = b % batch.size
    windows.observed.set(
      batch.observed.subarray(from * observedLength, (from + 1) * observedLength),
      b * observedLength,
    )
    windows.known.set(batch.known.subarray(from * knownLength, (from + 1) * knownLength), b * knownLength)
    windows.symbols[b] = batch.symbols[from]
  }
  return windows
}
