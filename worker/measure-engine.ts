import type { Bundle } from '../sdk/bundle/bundle.ts'
import type { Engine } from '../sdk/engine.ts'
import { goldenSteps, goldenWindow } from './golden-series.ts'

/** What an engine takes, warm, in ms. */
export interface Measurement {
  /** Median for one window. */
  readonly batch1P50Ms: number
  /** Median for each window of a series, as a backtest slides over it, on one thread. */
  readonly windowP50Ms: number
}

const SINGLE_RUNS = 5
const BATCH_RUNS = 3
/** Windows that keep a GPU busy, where the engine manages them in time; else fewer. */
const MANY_WINDOWS = 256
const FEW_WINDOWS = 32
/** Loading must not wait longer for one run over many. */
const RUN_LIMIT_MS = 60

const SHORTEST_RUN_MS = 4
const MOST_PASSES = 1_000

/** Measures an engine that nobody else will dispose of if that fails. */
export async function measureOrDispose(engine: Engine, bundle: Bundle): Promise<Measurement> {
  try {
    return await measureEngine(engine, bundle)
  } catch (error) {
    await engine.dispose()
    throw error
  }
}

/** Measures an engine that has been proven on the golden windows, on those same windows, over and over. */
async function measureEngine(engine: Engine, bundle: Bundle): Promise<Measurement> {
  const window = goldenWindow(bundle, 0)
  const batch1P50Ms = await medianMs(() => engine.forward(window), SINGLE_RUNS)
  const few = goldenSteps(bundle, FEW_WINDOWS)
  const firstMs = await medianMs(() => engine.slide(few), 1)
  const windows = (firstMs * MANY_WINDOWS) / FEW_WINDOWS <= RUN_LIMIT_MS ? MANY_WINDOWS : FEW_WINDOWS
  const series = goldenSteps(bundle, windows)
  const seriesMs = await medianMs(() => engine.slide(series), firstMs <= RUN_LIMIT_MS ? BATCH_RUNS : 1)
  return { batch1P50Ms, windowP50Ms: seriesMs / windows }
}

/** Of so many runs, each of as many passes as the clock needs: browsers' clocks tick in steps of up to a millisecond. */
async function medianMs(pass: () => Promise<unknown>, runs: number): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    let tookMs = 0
    let passes = 0
    while (tookMs < SHORTEST_RUN_MS && passes < MOST_PASSES) {
      await pass()
      passes++
      tookMs = performance.now() - start
    }
    times.push(tookMs / passes)
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]
}
