import type { Bundle } from '../sdk/bundle/bundle.ts'
import type { Engine } from '../sdk/engine.ts'
import { EngineError } from '../sdk/errors.ts'
import { nameOf } from './engine-name.ts'

/** Golden windows are run more than once: some drivers are right only the first time (LiteRT#8065). */
const RUNS = 2

/**
 * Runs the golden windows several times.
 * @returns the largest difference, in units of ex-ante volatility
 * @throws EngineError `GOLDEN_MISMATCH` naming the largest difference; as `Engine.forward`
 */
export async function selfTest(engine: Engine, bundle: Bundle, runs = RUNS): Promise<number> {
  const { batch, quantiles: expected } = bundle.golden
  const { tolerance } = bundle.manifest.golden
  let worst = 0
  for (let run = 0; run < runs; run++) {
    const { quantiles } = await engine.forward(batch)
    const difference = quantiles.reduce((max, q, i) => Math.max(max, Math.abs(q - expected[i])), 0)
    if (difference > tolerance) {
      const { kind, backend } = engine.info
      throw new EngineError(
        'GOLDEN_MISMATCH',
        `${nameOf(engine.info)} differs from the bundle's golden windows by ${difference.toPrecision(3)} volatility units in run ${run + 1} (allowed: ${tolerance}). This device computes wrongly with it; choose another engine.`,
        { kind, backend, difference, tolerance, run: run + 1 },
      )
    }
    worst = Math.max(worst, difference)
  }
  return worst
}
