import type { VerifiedBundle } from '../sdk/bundle/decode-bundle.ts'
import type { SeriesWindows } from '../sdk/engine.ts'
import type { Lane } from './lane.ts'

/** Workers that slide over parts of a series. They start when first wanted; until they are ready, there are none. */
export class LanePool {
  readonly #bundle: VerifiedBundle
  readonly #wanted: number
  readonly #startLane: () => Lane
  #lanes: Lane[] = []
  /** Rejects a slide that lanes are at. */
  readonly #outstanding = new Set<(reason: Error) => void>()
  #state: 'off' | 'starting' | 'ready' | 'closed' = 'off'

  constructor(bundle: VerifiedBundle, wanted: number, startLane: () => Lane) {
    this.#bundle = bundle
    this.#wanted = wanted
    this.#startLane = startLane
  }

  /** How many are ready to help. */
  get size(): number {
    return this.#state === 'ready' ? this.#lanes.length : 0
  }

  /** Starts the lanes, once. A runtime that has no nested workers leaves the pool empty. */
  async start(): Promise<void> {
    if (this.#state !== 'off') return
    this.#state = 'starting'
    try {
      for (let i = 0; i < this.#wanted; i++) this.#lanes.push(this.#startOne())
      await Promise.all(this.#lanes.map(lane => lane.load(this.#bundle)))
      if (this.#state === 'starting') this.#state = 'ready'
    } catch {
      this.close()
    }
  }

  /** One part for each of the first lanes; their memory moves over. Rejected when a lane fails, or the pool closes. */
  slide(parts: readonly SeriesWindows[]): Promise<Float32Array[]> {
    const slid = Promise.all(parts.map((part, i) => this.#lanes[i].slide(part)))
    return new Promise((resolve, reject) => {
      this.#outstanding.add(reject)
      slid.then(resolve, reject).finally(() => this.#outstanding.delete(reject))
    })
  }

  close(): void {
    this.#state = 'closed'
    for (const { worker } of this.#lanes.splice(0)) worker.terminate()
    for (const reject of this.#outstanding) reject(new Error('The lanes have been closed.'))
  }

  #startOne(): Lane {
    const lane = this.#startLane()
    // Comlink never settles the calls to a lane that dies; without lanes, all goes on in this worker.
    lane.worker.addEventListener('error', event => {
      event.preventDefault()
      this.close()
    })
    return lane
  }
}
