import type { SeriesWindows } from '../../../sdk/engine.ts'
import { randomWindows } from '../../fixtures/random-network.ts'
import type { OpenContender } from './contender/contender.ts'
import { type ContenderId, factsOf } from './contenders.ts'
import { GpuCounters, type GpuCounts } from './gpu-counters.ts'
import { type ReadFile, SUBJECTS, type Subject, type SubjectId } from './subjects.ts'

/** What a host needs of the place it runs in. */
export interface Surroundings {
  readonly read: ReadFile
  /** A recorded series in the inputs of a subject. */
  readonly series: (subject: SubjectId) => Promise<SeriesWindows>
  /** Most that this process has held so far, where it can be told. */
  readonly peakMemoryBytes: () => number | null
}

export interface Opened {
  /** From loading the runtime to the first forecast; files of the model are in memory already. */
  readonly coldMs: number
  /** Of the subject's check windows. */
  readonly quantiles: readonly number[]
  /** What of the device it uses. */
  readonly uses: readonly string[]
  /** Of the weights in GPU memory, where it can be told. */
  readonly gpuWeightBytes: number | null
}

export interface SlideTime {
  readonly windows: number
  readonly ms: number
}

/**
 * Runs one contender on one subject in a process or worker of its own, so that none warms or disturbs another's code, and
 * times it there, so that no message is timed. Everything returned can be sent.
 */
export class Host {
  private readonly surroundings: Surroundings
  private readonly gpu = typeof GPUDevice === 'undefined' ? null : new GpuCounters()
  private subject!: Subject
  private subjectId!: SubjectId
  private contender!: OpenContender
  private baselineBytes: number | null = null
  private recorded: Promise<SeriesWindows> | null = null

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings
  }

  async open(id: ContenderId, subjectId: SubjectId): Promise<Opened> {
    const { contender: facts } = factsOf(id)
    this.subjectId = subjectId
    this.subject = await SUBJECTS[subjectId](this.surroundings.read)
    const prepared = facts.prepare?.(this.subject)
    const one = randomWindows(this.subject.network, 1, 3)
    this.baselineBytes = this.surroundings.peakMemoryBytes()

    const start = performance.now()
    this.contender = await facts.open(this.subject, prepared)
    await this.contender.forward(one)()
    const coldMs = performance.now() - start

    const quantiles = await this.contender.forward(this.subject.check)()
    const { engine, gpuWeightBytes = null } = this.contender
    return { coldMs, quantiles: [...quantiles], uses: engine?.info.uses ?? [], gpuWeightBytes }
  }

  /** Milliseconds of each of some forward passes. */
  async time(size: number, repeats: number): Promise<number[]> {
    const run = this.contender.forward(randomWindows(this.subject.network, size, 3))
    const times: number[] = []
    for (let i = 0; i < repeats; i++) {
      const start = performance.now()
      await run()
      times.push(performance.now() - start)
    }
    return times
  }

  /** Of each of some warm forward passes of one window. */
  async countGpu(repeats: number): Promise<GpuCounts[]> {
    const run = this.contender.forward(randomWindows(this.subject.network, 1, 3))
    const counts: GpuCounts[] = []
    for (let i = 0; i < repeats; i++) counts.push(await this.gpu!.count(run))
    return counts
  }

  /** All windows of the newest `steps` of the recorded series at once. */
  async slide(steps: number): Promise<SlideTime> {
    const series = newest(await this.series(), this.subject, steps)
    const start = performance.now()
    const quantiles = await this.contender.engine!.slide(series)
    const ms = performance.now() - start
    const { horizons, quantiles: levels } = this.subject.network.shape
    return { windows: quantiles.length / (horizons * levels), ms }
  }

  /** Milliseconds of each of some new candles. */
  async follow(candles: number): Promise<number[]> {
    const { observed: Fo, known: Fk } = this.subject.network.shape
    const all = await this.series()
    const steps = all.observed.length / Fo
    const followed = {
      ...all,
      observed: all.observed.slice(0, (steps - candles) * Fo),
      known: all.known.slice(0, all.known.length - candles * Fk),
    }
    const follower = await this.contender.engine!.follow(followed)
    const times: number[] = []
    for (let i = 0; i < candles; i++) {
      const observed = all.observed.slice((steps - candles + i) * Fo, (steps - candles + i + 1) * Fo)
      const known = all.known.slice(followed.known.length + i * Fk, followed.known.length + (i + 1) * Fk)
      const start = performance.now()
      await follower.push(observed, known)
      times.push(performance.now() - start)
    }
    follower.dispose()
    return times
  }

  private series(): Promise<SeriesWindows> {
    this.recorded ??= this.surroundings.series(this.subjectId)
    return this.recorded
  }

  /** Most that it has held beyond the code and data that all have; on a GPU, its buffers. */
  peakMemoryBytes(): number | null {
    if (this.gpu && this.gpu.aliveBytes > 0) return this.gpu.aliveBytes
    const peak = this.surroundings.peakMemoryBytes()
    return peak === null || this.baselineBytes === null ? null : peak - this.baselineBytes
  }

  dispose(): Promise<void> {
    return this.contender.dispose()
  }
}

function newest(all: SeriesWindows, { network }: Subject, steps: number): SeriesWindows {
  const { observed: Fo, known: Fk } = network.shape
  const skipped = Math.max(0, all.observed.length / Fo - steps)
  return { ...all, observed: all.observed.slice(skipped * Fo), known: all.known.slice(skipped * Fk) }
}
