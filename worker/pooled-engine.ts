import type { Engine, EngineInfo } from '../sdk/engine.ts'
import type { LanePool } from './lane-pool.ts'
import { windowCount } from './series-batches.ts'
import { splitSeries } from './split-series.ts'

/** Fewer are done before lanes would have started, or parts been sent. */
const LARGE_SERIES = 1_000
/** A lane that is this much slower than this worker has died without a word. */
const PATIENCE = 20
const PATIENCE_AT_LEAST_MS = 5_000

/** An engine that shares large series out among lanes, once these have started. */
export class PooledEngine implements Engine {
  readonly #engine: Engine
  readonly #pool: LanePool

  constructor(engine: Engine, pool: LanePool) {
    this.#engine = engine
    this.#pool = pool
  }

  get network() {
    return this.#engine.network
  }

  get info(): EngineInfo {
    const { info } = this.#engine
    const lanes = this.#pool.size
    return lanes === 0 ? info : { ...info, uses: [...info.uses, `${lanes + 1} threads`] }
  }

  forward: Engine['forward'] = (batch, options) => this.#engine.forward(batch, options)

  follow: Engine['follow'] = series => this.#engine.follow(series)

  slide: Engine['slide'] = async series => {
    if (windowCount(series, this.network.shape) < LARGE_SERIES) return this.#engine.slide(series)
    void this.#pool.start()
    const lanes = this.#pool.size
    if (lanes === 0) return this.#engine.slide(series)
    const [own, ...others] = splitSeries(series, this.network.shape, lanes + 1)
    const theirs = this.#pool.slide(others)
    // Looked at below, unless this worker's own part fails first.
    theirs.catch(() => {})
    const startMs = performance.now()
    const mine = await this.#engine.slide(own)
    const patienceMs = Math.max(PATIENCE * (performance.now() - startMs), PATIENCE_AT_LEAST_MS)
    try {
      return concat([mine, ...(await within(patienceMs, theirs))])
    } catch {
      // What a lane fails of is either its own affair, or this worker fails of it too and says so.
      this.#pool.close()
      return this.#engine.slide(series)
    }
  }

  async dispose(): Promise<void> {
    this.#pool.close()
    await this.#engine.dispose()
  }
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${limitMs} ms.`)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
