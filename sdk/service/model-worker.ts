import type { EngineInfo } from '../engine.ts'
import { AbortedError, ServiceError } from '../errors.ts'
import type { LoadResult } from './worker-api.ts'
import { type WorkerCall, WorkerLink } from './worker-link.ts'

const RESTARTS = 3
const WITHIN_MS = 60_000

export interface ModelWorkerOptions {
  readonly createWorker: () => Worker
  /** Loads the model into a new worker. */
  readonly load: (link: WorkerLink) => Promise<LoadResult>
}

/** A worker with a model in it. When it dies, the next call starts another one with the same model. */
export class ModelWorker {
  readonly #options: ModelWorkerOptions
  #link: WorkerLink
  #loaded: Promise<LoadResult>
  #result: LoadResult | null = null
  isClosed = false
  /** When, within the last minute. */
  #restarts: number[] = []

  constructor(options: ModelWorkerOptions) {
    this.#options = options
    ;[this.#link, this.#loaded] = this.#start()
  }

  /** Of the newest load; wait for `ready` first. */
  get loaded(): LoadResult {
    return this.#result!
  }

  /** The worker's engine has changed how it runs. */
  set engineInfo(engineInfo: EngineInfo) {
    this.#result = { ...this.loaded, engineInfo }
  }

  /** @throws as `load` */
  async ready(): Promise<void> {
    await this.#loaded
  }

  /**
   * The link to a worker that lives, started for it if need be. It may still be loading.
   * @throws ServiceError `WORKER_KEEPS_DYING`
   */
  liveLink(): WorkerLink {
    if (this.isClosed || !this.#link.hasEnded) return this.#link
    this.#countRestart()
    ;[this.#link, this.#loaded] = this.#start()
    return this.#link
  }

  /** @throws ServiceError `DISPOSED`, `WORKER_DIED`, `WORKER_KEEPS_DYING`; AbortedError; whatever the worker throws */
  async call<T>(call: WorkerCall<T>): Promise<T> {
    const link = this.liveLink()
    if (!this.isClosed) await untilAborted(this.#loaded, call)
    return link.call(call)
  }

  close(): void {
    this.isClosed = true
    this.#link.close()
  }

  #start(): [WorkerLink, Promise<LoadResult>] {
    const link = new WorkerLink(this.#options.createWorker())
    const loaded = this.#options.load(link).then(
      result => {
        this.#result = result
        return result
      },
      error => {
        link.close()
        throw error
      },
    )
    // Whoever calls next is told.
    loaded.catch(() => {})
    return [link, loaded]
  }

  #countRestart(): void {
    const nowMs = Date.now()
    this.#restarts = this.#restarts.filter(timeMs => nowMs - timeMs < WITHIN_MS)
    if (this.#restarts.length >= RESTARTS) {
      throw new ServiceError(
        'WORKER_KEEPS_DYING',
        `The worker of the prediction service died and was started anew ${RESTARTS} times within a minute. The device may be out of memory, or its driver broken: try again later, or create a service with another engine.`,
        { restarts: RESTARTS, withinMs: WITHIN_MS },
      )
    }
    this.#restarts.push(nowMs)
  }
}

/** Waits for a load, but not longer than the caller wants to. */
async function untilAborted(loaded: Promise<unknown>, { what, signal }: WorkerCall<unknown>): Promise<void> {
  if (!signal) return void (await loaded)
  if (signal.aborted) throw new AbortedError(what)
  let onAbort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new AbortedError(what))
    signal.addEventListener('abort', onAbort)
  })
  try {
    await Promise.race([loaded, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort!)
  }
}
