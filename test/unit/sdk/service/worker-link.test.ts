import { describe, expect, it, vi } from 'vitest'
import { AbortedError, CandleError, ServiceError } from '../../../../sdk/errors.ts'
import { installErrorTransfer } from '../../../../sdk/service/error-transfer.ts'
import { WorkerLink } from '../../../../sdk/service/worker-link.ts'
import { WorkerEnd } from '../../../fixtures/worker-end.ts'

// the browser tests use real workers; here the other end is in this thread, so that it can die at a chosen moment

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

  it('notices a worker that dies without a word while an answer is expected, and no sooner', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let pings = 0
    const { link, worker } = linkTo({
      predict: never,
      ping: () => {
        pings++
      },
    })
    const pending = settled(predict(link))
    for (let i = 0; i < 70; i++) {
      vi.advanceTimersByTime(2_000)
      await new Promise(resolve => setTimeout(resolve, 1))
    }
    expect(pings).toBeGreaterThan(60)
    expect(link.hasEnded).toBe(false)

    worker.terminate()
    vi.advanceTimersByTime(40_000)
    expect(await pending).toMatchObject({ code: 'WORKER_DIED', message: expect.stringContaining('does not answer') })
    vi.useRealTimers()
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
