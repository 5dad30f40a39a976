import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { NetworkShape } from '../../../models/blocks.ts'
import type { Engine, SeriesWindows } from '../../../sdk/engine.ts'
import { type LaneApi, laneOn } from '../../../worker/lane.ts'
import { LanePool } from '../../../worker/lane-pool.ts'
import { PooledEngine } from '../../../worker/pooled-engine.ts'
import { cutWindows, windowCount } from '../../../worker/series-batches.ts'
import { splitSeries } from '../../../worker/split-series.ts'
import { WorkerEnd } from '../../fixtures/worker-end.ts'

const shape: NetworkShape = { lookback: 5, horizons: 2, quantiles: 1, observed: 2, known: 3, symbols: 1 }

function seriesOf(windows: number, reach: number): SeriesWindows {
  const steps = windows + shape.lookback - 1
  const numbered = (length: number) => Float32Array.from({ length }, (_, i) => i)
  return { symbol: 0, observed: numbered(steps * 2), known: numbered((steps + reach) * 3), horizons: [1, reach] }
}

/** Of each window, the first observed input: enough to see which window it was. */
const firstInputs = async (series: SeriesWindows): Promise<Float32Array> =>
  Float32Array.from({ length: windowCount(series, shape) * 2 }, (_, i) => series.observed[Math.floor(i / 2) * 2])

const slides: number[] = []
const engine = {
  network: { shape, blocks: [], outputs: { quantiles: '' } },
  info: { uses: ['relaxed-simd'] },
  slide: async (series: SeriesWindows) => {
    slides.push(windowCount(series, shape))
    return firstInputs(series)
  },
  dispose: async () => {},
} as unknown as Engine

const bundle = {} as ConstructorParameters<typeof LanePool>[0]
const ends: WorkerEnd[] = []

function pooled(lanes: number, api: Partial<LaneApi> = {}): PooledEngine {
  const pool = new LanePool(bundle, lanes, () => {
    ends.push(new WorkerEnd({ load: async () => {}, slide: firstInputs, ...api }))
    return laneOn(ends.at(-1) as unknown as Worker)
  })
  return new PooledEngine(engine, pool)
}

/** Slides until the lanes have started. */
async function warmUp(pooledEngine: PooledEngine): Promise<void> {
  await pooledEngine.slide(seriesOf(1_000, 3))
  await vi.waitFor(() => expect(pooledEngine.info.uses).toContain(`${ends.length + 1} threads`))
  slides.length = 0
}

afterEach(() => {
  slides.length = 0
  for (const end of ends.splice(0)) end.terminate()
  vi.useRealTimers()
})

describe('a split series', () => {
  it('has every window once, in order, with all its inputs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 2, max: 8 }),
        (windows, parts, reach) => {
          const whole = seriesOf(windows, reach)
          const count = Math.min(parts, windows)
          const cut = splitSeries(whole, shape, count).map(part => cutWindows(part, shape, 0, windowCount(part, shape)))
          const expected = cutWindows(whole, shape, 0, windows)
          expect(cut.flatMap(batch => [...batch.observed])).toEqual([...expected.observed])
          expect(cut.flatMap(batch => [...batch.known])).toEqual([...expected.known])
          const sizes = cut.map(batch => batch.size)
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})

describe('an engine with lanes', () => {
  it('starts none before there is much to do', async () => {
    const pool = pooled(3)
    await pool.slide(seriesOf(999, 3))
    expect(ends).toHaveLength(0)
    expect(pool.info.uses).toEqual(['relaxed-simd'])
  })

  it('starts them for many short series too, as a slow engine is asked for, and shares those out', async () => {
    const pool = pooled(3)
    for (let i = 0; i < 9; i++) await pool.slide(seriesOf(100, 3))
    expect(ends).toHaveLength(0)
    await pool.slide(seriesOf(100, 3))
    await vi.waitFor(() => expect(pool.info.uses).toContain('4 threads'))
    slides.length = 0
    for (const windows of [127, 128, 200, 256]) {
      const series = seriesOf(windows, 3)
      expect(await pool.slide(series)).toEqual(await firstInputs(series))
    }
    expect(slides).toEqual([127, 64, 66, 64])
  })

  it('does not wait for them: it goes on alone until they are ready', async () => {
    const pool = pooled(3)
    const series = seriesOf(1_000, 3)
    expect(await pool.slide(series)).toEqual(await firstInputs(series))
    expect(slides).toEqual([1_000])
    expect(ends).toHaveLength(3)
  })

  it('shares a series out among them, keeps the order, and says how many threads there are', async () => {
    const pool = pooled(3)
    await warmUp(pool)
    const series = seriesOf(4_002, 7)
    expect(await pool.slide(series)).toEqual(await firstInputs(series))
    expect(slides).toEqual([1_000])
    expect(pool.info.uses).toEqual(['relaxed-simd', '4 threads'])
  })

  it('goes on alone where workers cannot start workers, and does not try again', async () => {
    const startLane = vi.fn(() => {
      throw new ReferenceError('Worker is not defined')
    })
    const pool = new PooledEngine(engine, new LanePool(bundle, 3, startLane))
    const series = seriesOf(2_000, 3)
    for (let i = 0; i < 3; i++) expect(await pool.slide(series)).toEqual(await firstInputs(series))
    expect(startLane).toHaveBeenCalledOnce()
    expect(pool.info.uses).toEqual(['relaxed-simd'])
  })

  it('computes alone what a lane fails of, and goes on without lanes', async () => {
    const pool = pooled(2, { slide: () => Promise.reject(new Error('out of memory')) })
    await warmUp(pool)
    const series = seriesOf(3_000, 3)
    expect(await pool.slide(series)).toEqual(await firstInputs(series))
    expect(slides).toEqual([1_000, 3_000])
    expect(pool.info.uses).toEqual(['relaxed-simd'])
    expect(ends.every(end => end.terminate.mock.calls.length > 0)).toBe(true)
  })

  it('does not wait for ever for a lane that has died without a word', async () => {
    const pool = pooled(2, { slide: () => new Promise(() => {}) })
    await warmUp(pool)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const series = seriesOf(3_000, 3)
    const sliding = pool.slide(series)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await sliding).toEqual(await firstInputs(series))
  })

  it('does not wait for a lane that dies while it slides', async () => {
    const pool = pooled(2, { slide: () => new Promise(() => {}) })
    await warmUp(pool)
    const series = seriesOf(3_000, 3)
    const sliding = pool.slide(series)
    ends[1].dieOf('out of memory')
    expect(await sliding).toEqual(await firstInputs(series))
    expect(pool.info.uses).toEqual(['relaxed-simd'])
  }, 2_000)

  it('keeps them when it is given a series that no engine takes', async () => {
    const pool = pooled(2)
    await warmUp(pool)
    const series = seriesOf(3_000, 3)
    const broken = { ...series, observed: series.observed.map((x, i) => (i === 5_999 ? Number.NaN : x)) }
    await expect(pool.slide(broken)).rejects.toMatchObject({ code: 'NON_FINITE_INPUT' })
    expect(pool.info.uses).toContain('3 threads')
    expect(await pool.slide(series)).toEqual(await firstInputs(series))
    expect(slides).toEqual([1_000])
  })

  it('ends them with itself', async () => {
    const pool = pooled(2)
    await warmUp(pool)
    await pool.dispose()
    expect(ends.every(end => end.terminate.mock.calls.length > 0)).toBe(true)
  })
})
