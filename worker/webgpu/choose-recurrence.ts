import type { WindowBatch } from '../../sdk/engine.ts'
import { BatchRunner } from './batch-runner.ts'
import type { Session } from './session.ts'

const RUNS = 5

/** Between two orders of the same float32 sums, relative to the larger of 1 and the value. */
const ROUNDING = 1e-3

/**
 * Whether the LSTMs of `quads` compute what those of `units` do, which WGSL leaves to the order in which a GPU numbers its
 * lanes, and faster. What fails to run does not serve.
 * @throws what `units` fails of, and either of a lost device
 */
export async function quadsServe(units: Session, quads: Session): Promise<boolean> {
  const slower = await measure(units)
  const faster = await measure(quads).catch(async error => {
    if ((await quads.lost()) !== null) throw error
    return null
  })
  if (!faster) return false
  const agrees = slower.quantiles.every(
    (q, i) => Math.abs(q - faster.quantiles[i]) <= ROUNDING * Math.max(1, Math.abs(q)),
  )
  return agrees && faster.ms < slower.ms
}

async function measure(session: Session): Promise<{ ms: number; quantiles: Float32Array }> {
  const runner = new BatchRunner(session)
  const batch = oneWindow(session)
  try {
    // the first is not warm
    const { quantiles } = await runner.forward(batch, false)
    let ms = Number.POSITIVE_INFINITY
    for (let run = 0; run < RUNS; run++) {
      const start = performance.now()
      await runner.forward(batch, false)
      ms = Math.min(ms, performance.now() - start)
    }
    return { ms, quantiles }
  } finally {
    runner.dispose()
  }
}

/** Any window, its inputs of ordinary size. */
function oneWindow({ schedule: { plan } }: Session): WindowBatch {
  const { lookback, horizons, observed, known } = plan.shape
  const values = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i))
  return {
    size: 1,
    observed: values(lookback * observed),
    known: values((lookback + horizons) * known),
    symbols: new Int32Array(1),
  }
}
