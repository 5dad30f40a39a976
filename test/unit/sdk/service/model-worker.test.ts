import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AbortedError, EngineError, ServiceError } from '../../../../sdk/errors.ts'
import { ModelWorker } from '../../../../sdk/service/model-worker.ts'
import type { LoadResult } from '../../../../sdk/service/worker-api.ts'
import { WorkerEnd } from '../../../fixtures/worker-end.ts'

let ends: WorkerEnd[]
let worker: ModelWorker
const load = vi.fn()

const loadResult = (n: number): LoadResult => ({
  candlesNeeded: n,
  candlesRemembered: n,
  contextSymbols: [],
  inputsNeeded: [],
  engineInfo: {} as LoadResult['engineInfo'],
})
const predict = (signal?: AbortSignal): Promise<unknown> =>
  worker.call({ what: 'Predicting BTC/USDT', signal, send: api => api.predict({} as never, false) })
const failure = (work: Promise<unknown>): Promise<ServiceError> =>
  work.then(
    value => {
      throw new Error(`it resolved with ${value}`)
    },
    error => error,
  )

beforeEach(async () => {
  ends = []
  load.mockReset()
  load.mockImplementation(async () => loadResult(ends.length))
  worker = new ModelWorker({
    createWorker: () => {
      const number = ends.length + 1
      ends.push(new WorkerEnd({ predict: async () => `from worker ${number}`, ping() {} }))
      return ends.at(-1) as unknown as Worker
    },
    load,
  })
  await worker.ready()
})
afterEach(() => {
  worker.close()
  vi.useRealTimers()
})

describe('a worker with a model', () => {
  it('that dies is replaced for the next call, once for all calls that wait for it', async () => {
    expect(await predict()).toBe('from worker 1')
    ends[0].dieOf('out of memory')
    expect(ends).toHaveLength(1)
    expect(await Promise.all([predict(), predict()])).toEqual(['from worker 2', 'from worker 2'])
    expect(ends).toHaveLength(2)
    expect(load).toHaveBeenCalledTimes(2)
    expect(worker.loaded.candlesNeeded).toBe(2)
  })

  it('that dies rejects its pending calls, saying that the next one will be served', async () => {
    load.mockImplementationOnce(async () => loadResult(1))
    const pending = failure(predict())
    ends[0].dieOf('out of memory')
    const error = await pending
    expect(error).toBeInstanceOf(ServiceError)
    expect(error).toMatchObject({
      code: 'WORKER_DIED',
      message: expect.stringContaining('new worker for the next call'),
    })
  })

  it('is given up when it has died four times within a minute, and tried again after it', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    for (let i = 0; i < 3; i++) {
      ends.at(-1)!.dieOf('out of memory')
      await predict()
    }
    ends.at(-1)!.dieOf('out of memory')
    expect(await failure(predict())).toMatchObject({ name: 'ServiceError', code: 'WORKER_KEEPS_DYING' })
    expect(ends).toHaveLength(4)
    vi.setSystemTime(Date.now() + 61_000)
    expect(await predict()).toBe('from worker 5')
  })

  it('whose replacement cannot load tells so, and tries again with the next call', async () => {
    ends[0].dieOf('the device was lost')
    load.mockRejectedValueOnce(new EngineError('NO_ENGINE', 'No engine runs.'))
    expect(await failure(predict())).toMatchObject({ code: 'NO_ENGINE' })
    expect(await predict()).toBe('from worker 3')
  })

  it('lets a caller abort while its replacement loads', async () => {
    ends[0].dieOf('out of memory')
    load.mockReturnValueOnce(new Promise(() => {}))
    const controller = new AbortController()
    const pending = failure(predict(controller.signal))
    controller.abort()
    expect(await pending).toBeInstanceOf(AbortedError)
  })

  it('that was closed is not replaced', async () => {
    worker.close()
    expect((await failure(predict())).code).toBe('DISPOSED')
    expect(ends).toHaveLength(1)
  })

  it('that cannot load at all says why, and is ended', async () => {
    load.mockRejectedValueOnce(new EngineError('NO_ENGINE', 'No engine runs.'))
    const end = new WorkerEnd({})
    const other = new ModelWorker({ createWorker: () => end as unknown as Worker, load })
    expect(await failure(other.ready())).toMatchObject({ code: 'NO_ENGINE' })
    expect(end.terminate).toHaveBeenCalledOnce()
  })
})
