import type { Bundle } from '../sdk/bundle/bundle.ts'
import type { Engine, SeriesWindows } from '../sdk/engine.ts'
import { EngineError } from '../sdk/errors.ts'
import { nameOf } from './engine-name.ts'
import { goldenSeries } from './golden-series.ts'

/** Golden windows are run more than once: some drivers are right only the first time (LiteRT#8065). */
const RUNS = 2

/** What an engine computes windows by; kernels of their own may stand behind each. */
type Path = 'forward' | 'slide' | 'follow'

/**
 * Runs the golden windows several times, all at once, and the first of them by sliding and following as well.
 * @returns the largest difference, in units of ex-ante volatility
 * @throws EngineError `GOLDEN_MISMATCH` naming the largest difference; as `Engine.forward`
 */
export async function selfTest(engine: Engine, bundle: Bundle, runs = RUNS): Promise<number> {
  const { batch, quantiles: expected } = bundle.golden
  const { tolerance } = bundle.manifest.golden
  let worst = 0
  const compare = (quantiles: Float32Array, path: Path, run: number): void => {
    const first = expected.subarray(0, path === 'forward' ? expected.length : expected.length / batch.size)
    const difference = first.reduce((max, q, i) => Math.max(max, Math.abs(q - (quantiles[i] ?? Number.NaN))), 0)
    worst = Math.max(worst, difference)
    if (difference <= tolerance) return // what is missing is NaN, and does not
    const { kind, backend } = engine.info
    throw new EngineError(
      'GOLDEN_MISMATCH',
      `${nameOf(engine.info)} differs from the bundle's golden windows by ${difference.toPrecision(3)} volatility units in run ${run} of '${path}' (allowed: ${tolerance}). This device computes wrongly with it; choose another engine.`,
      { kind, backend, difference, tolerance, run, path },
    )
  }
  const series = goldenSeries(bundle, 0)
  for (let run = 1; run <= runs; run++) {
    compare((await engine.forward(batch)).quantiles, 'forward', run)
  }
  // tfjs slides and follows by the same forward passes
  if (engine.info.kind !== 'tfjs') {
    compare(await engine.slide(series), 'slide', 1)
    compare(await pushedQuantiles(engine, series), 'follow', 1)
  }
  return worst
}

/** Of a series' only window, reached by a push from the step before it, whose first row is made up. */
async function pushedQuantiles(engine: Engine, series: SeriesWindows): Promise<Float32Array> {
  const { observed: Fo, known: Fk } = engine.network.shape
  const stepBack = (rows: Float32Array, width: number) => {
    const moved = new Float32Array(rows.length)
    moved.set(rows.subarray(0, width))
    moved.set(rows.subarray(0, rows.length - width), width)
    return moved
  }
  const follower = await engine.follow({
    ...series,
    observed: stepBack(series.observed, Fo),
    known: stepBack(series.known, Fk),
  })
  try {
    return await follower.push(series.observed.slice(-Fo), series.known.slice(-Fk))
  } finally {
    follower.dispose()
  }
}
