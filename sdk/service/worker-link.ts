import { type Remote, wrap } from 'comlink'
import { AbortedError, ServiceError } from '../errors.ts'
import { installErrorTransfer } from './error-transfer.ts'
import { Heartbeat } from './heartbeat.ts'
import type { CallId, WorkerApi } from './worker-api.ts'

/** One call to the worker. */
export interface WorkerCall<T> {
  /** For messages: 'Predicting BTC/USDT'. */
  readonly what: string
  readonly signal?: AbortSignal | undefined
  readonly send: (api: Remote<WorkerApi>, call: CallId) => Promise<T>
}

/**
 * The page's end of a worker. Every call made through it settles: with the worker's answer, when its signal fires, when
 * the worker dies, be it silently, or when the link is closed.
 */
export class WorkerLink {
  readonly #worker: Worker
  readonly #api: Remote<WorkerApi>
  readonly #heartbeat: Heartbeat
  readonly #pending = new Set<(reason: Error) => void>()
  #lastCall: CallId = 0
  /** Why no call can be made any more. */
  #ended: (() => ServiceError) | null = null

  constructor(worker: Worker) {
    installErrorTransfer()
    this.#worker = worker
    this.#api = wrap<WorkerApi>(worker)
    this.#heartbeat = new Heartbeat({
      ping: () => void this.#api.ping(),
      onSilence: () => this.#end(() => diedOf('it does not answer any more')),
    })
    worker.addEventListener('message', () => this.#heartbeat.heard())
    worker.addEventListener('error', event => {
      // Reported here, by the rejected calls.
      event.preventDefault()
      this.#end(() => diedOf(event.message || 'its script could not be loaded'))
    })
    worker.addEventListener('messageerror', () => this.#end(() => diedOf('it sent a message that cannot be read')))
  }

  /** Whether the worker has died, or the link was closed. */
  get hasEnded(): boolean {
    return this.#ended !== null
  }

  /** @throws ServiceError `DISPOSED`, `WORKER_DIED`; AbortedError; whatever the worker throws */
  async call<T>({ what, signal, send }: WorkerCall<T>): Promise<T> {
    if (this.#ended) throw this.#ended()
    if (signal?.aborted) throw new AbortedError(what)
    const id = ++this.#lastCall
    let onAbort: (() => void) | undefined
    let onEnd: ((reason: Error) => void) | undefined
    const interrupted = new Promise<never>((_, reject) => {
      onEnd = reject
      onAbort = () => {
        void this.#api.abort(id)
        reject(new AbortedError(what))
      }
    })
    this.#pending.add(onEnd!)
    this.#heartbeat.start()
    signal?.addEventListener('abort', onAbort!)
    try {
      return await Promise.race([send(this.#api, id), interrupted])
    } finally {
      this.#pending.delete(onEnd!)
      if (this.#pending.size === 0) this.#heartbeat.stop()
      signal?.removeEventListener('abort', onAbort!)
    }
  }

  /** Tells the worker something that has no answer. */
  tell(send: (api: Remote<WorkerApi>) => Promise<void>): void {
    if (!this.#ended) void send(this.#api)
  }

  /** Ends the worker at once, whatever it is doing; its memory, on the GPU too, goes with it. */
  close(): void {
    this.#end(
      () => new ServiceError('DISPOSED', 'The prediction service has been disposed. Create a new one to go on.'),
    )
  }

  #end(reason: () => ServiceError): void {
    if (this.#ended) return
    this.#ended = reason
    this.#heartbeat.stop()
    this.#worker.terminate()
    for (const reject of [...this.#pending]) reject(reason())
  }
}

const diedOf = (why: string): ServiceError =>
  new ServiceError(
    'WORKER_DIED',
    `The worker of the prediction service died: ${why}. Call again: a loaded service starts a new worker for the next call, and streams are to be followed anew. If it happens at the start, check that the worker's script is served and allowed by the page's Content-Security-Policy.`,
    { why },
  )
