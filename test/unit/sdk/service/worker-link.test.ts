import { expose } from 'comlink'
import { describe, expect, it, vi } from 'vitest'
import { AbortedError, CandleError, ServiceError } from '../../../../sdk/errors.ts'
import { installErrorTransfer } from '../../../../sdk/service/error-transfer.ts'
import { WorkerLink } from '../../../../sdk/service/worker-link.ts'

// the browser tests use real workers; here the other end is in this thread, so that it can die at a chosen moment

/** As much of a `Worker` as a link uses; what is exposed answers on the other end of a channel. */
class WorkerEnd extends EventTarget {
  readonly terminate = vi.fn(() => this.#port.close())
  readonly #port: MessagePort

  constructor(api: object) {
    super()
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.onmessage = ({ data }) => this.dispatchEvent(new MessageEvent('message', { data }))
    expose(api, port2)
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer)
  }

  dieOf(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message }))
  }
}

function linkTo(api: object): { link: WorkerLink; worker: WorkerEnd } {
  installErrorTransfer()
  const worker = new WorkerEnd(api)
  return { link: new WorkerLink(worker as unknown as Worker), worker }
}

const never = () => new Promise(() => {})
const predict = (link: WorkerLink, signal?: AbortSignal): Promise<unknown> =>
  link.call({ what: 'Predicting BTC/USDT', signal, send: api => api.predict({} as never, false) })
const settled = (work: Promise<unknown>): Promise<ServiceError> =>
  work.then(
    value => {
      throw new Error(`it resolved with ${value}`)
    },
    error => error,
  )

describe('the link to a worker', () => {
  it('rejects what is pending and what comes later when the worker dies, and ends it', async () => {
    const { link, worker } = linkTo({ predict: never })
    const pending = [predict(link), predict(link)].map(settled)
    worker.dieOf('Uncaught RangeError: out of memory')
    for (const error of [...(await Promise.all(pending)), await settled(predict(link))]) {
      expect(error).toBeInstanceOf(ServiceError)
      expect(error.code).toBe('WORKER_DIED')
      expect(error.message).toContain('out of memory')
    }
    expect(worker.terminate).toHaveBeenCalledOnce()
    link.close()
    expect((await settled(predict(link))).code).toBe('WORKER_DIED') // the first cause is the one to know
  })

  it('answers on after a call that the worker rejects, with the class, code and details of the error', async () => {
    let calls = 0
    const { link } = linkTo({
      predict: async () => {
        if (++calls === 1) throw new CandleError('GAP', 'A candle is missing.', { index: 7 })
        return 'a forecast'
      },
    })
    const error = await settled(predict(link))
    expect(error).toBeInstanceOf(CandleError)
    expect(error).toMatchObject({ code: 'GAP', details: { index: 7 } })
    expect(await predict(link)).toBe('a forecast')
    link.close()
  })

  it('names the call that it aborts, tells the worker once, and keeps no listener on the signal', async () => {
    const aborted: unknown[] = []
    const { link } = linkTo({ predict: never, abort: (call: unknown) => aborted.push(call) })
    const controller = new AbortController()
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    const pending = settled(predict(link, controller.signal))
    controller.abort()
    expect(await pending).toBeInstanceOf(AbortedError)
    await vi.waitFor(() => expect(aborted).toEqual([1]))
    expect(removed.mock.calls).toEqual(added.mock.calls)
    link.close()
  })
})
