import type { WindowBatch } from '../../sdk/engine.ts'
import { batchSize, writeBatch } from './batch-run.ts'
import type { Session } from './session.ts'

const RUNS = 5

/** Between two orders of the same float32 sums, relative to the larger of 1 and the value. */
const ROUNDING = 1e-3

/**
 * Whether the LSTMs of `quads` compute what those of `units` do, which WGSL leaves to the order in which a GPU numbers its
 * lanes, and faster.
 */
export async function quadsServe(units: Session, quads: Session): Promise<boolean> {
  const [slower, faster] = [await measure(units), await measure(quads)]
  const agrees = slower.quantiles.every(
    (q, i) => Math.abs(q - faster.quantiles[i]) <= ROUNDING * Math.max(1, Math.abs(q)),
  )
  return agrees && faster.ms < slower.ms
}

async function measure(session: Session): Promise<{ ms: number; quantiles: Float32Array }> {
  const { schedule } = session
  const workspace = session.takeWorkspace()
  await session.fit(workspace, batchSize(schedule, 1, false))
  const batch = oneWindow(session)
  let quantiles = new Float32Array(0)
  let ms = Number.POSITIVE_INFINITY
  for (let run = 0; run <= RUNS; run++) {
    const start = performance.now()
    quantiles = new Float32Array(await session.submit(workspace, writeBatch(schedule, workspace, batch, false)))
    // the first is not warm
    if (run > 0) ms = Math.min(ms, performance.now() - start)
  }
  workspace.destroy()
  return { ms, quantiles }
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
