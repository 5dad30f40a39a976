import type { Engine, EngineInfo } from '../sdk/engine.ts'
import { checkSeries } from './check-batch.ts'
import type { LanePool } from './lane-pool.ts'
import { windowCount } from './series-batches.ts'
import { splitSeries } from './split-series.ts'

/** Fewer, over all slides, are done before lanes would have started. */
const WINDOWS_BEFORE_LANES = 1_000
/** With fewer, the steps that neighbouring parts both compute, and sending them, outweigh the help. */
const LEAST_WINDOWS_PER_THREAD = 64
/** A lane that is this much slower than this worker has died without a word. */
const PATIENCE = 20
const PATIENCE_AT_LEAST_MS = 5_000

/** An engine that shares series out among lanes, once there is enough to do for these to have started. */
export class PooledEngine implements Engine {
  readonly #engine: Engine
  readonly #pool: LanePool
  /** Slid over so far. */
  #windows = 0

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
    const { shape } = this.network
    checkSeries(series, shape)
    const count = windowCount(series, shape)
    this.#windows += count
    if (this.#windows >= WINDOWS_BEFORE_LANES) void this.#pool.start()
    const threads = Math.min(this.#pool.size + 1, Math.floor(count / LEAST_WINDOWS_PER_THREAD))
    if (threads < 2) return this.#engine.slide(series)
    const [own, ...others] = splitSeries(series, shape, threads)
    const theirs = this.#pool.slide(others)
    // Looked at below, unless this worker's own part fails first.
    theirs.catch(() => {})
    const startMs = performance.now()
    const mine = await this.#engine.slide(own)
    const patienceMs = Math.max(PATIENCE * (performance.now() - startMs), PATIENCE_AT_LEAST_MS)
    try {
      return concat([mine, ...(await within(patienceMs, theirs))])
    } catch {
      // What this worker fails of too is not the lanes' fault.
      const quantiles = await this.#engine.slide(series)
      this.#pool.close()
      return quantiles
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
