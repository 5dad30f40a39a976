import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { AbortedError } from '../../../../sdk/errors.ts'
import { backoffMs, sleep, untilAborted } from '../../../../sdk/source/wait.ts'

describe('backoffMs', () => {
  const backoff = { firstMs: 500, longestMs: 30_000 }

  it('is at most 500, 1,000, 2,000 … ms, and never more than the longest wait', () => {
    const longest = [1, 2, 3, 6, 7, 8, 50].map(attempt => backoffMs(attempt, backoff, () => 1))
    expect(longest).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000, 30_000])
  })

  it('is spread over the whole time from nothing to that bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, share) => {
        expect(backoffMs(attempt, backoff, () => share)).toBe(share * backoffMs(attempt, backoff, () => 1))
      }),
    )
  })
})

describe('untilAborted', () => {
  it('settles as the work does', async () => {
    const { signal } = new AbortController()
    expect(await untilAborted(Promise.resolve(7), signal, 'work')).toBe(7)
    await expect(untilAborted(Promise.reject(new Error('no')), signal, 'work')).rejects.toThrow('no')
    expect(await untilAborted(Promise.resolve(7), undefined, 'work')).toBe(7)
  })

  it('is an AbortedError when the signal fires first, or had fired before, and names the work', async () => {
    const controller = new AbortController()
    const never = new Promise<never>(() => {})
    const waiting = untilAborted(never, controller.signal, 'Asking binance')
    controller.abort()
    for (const work of [waiting, untilAborted(never, controller.signal, 'Asking binance')]) {
      await expect(work).rejects.toBeInstanceOf(AbortedError)
      await expect(work).rejects.toThrow('Asking binance was aborted')
    }
  })

  it('hears a later failure of work that was left, so that it does not end the process', async () => {
    const controller = new AbortController()
    let fail = (_: Error): void => {}
    const work = new Promise<never>((_, reject) => {
      fail = reject
    })
    const waiting = untilAborted(work, controller.signal, 'work')
    controller.abort()
    await expect(waiting).rejects.toBeInstanceOf(AbortedError)
    const unhandled: unknown[] = []
    const note = (reason: unknown): number => unhandled.push(reason)
    process.on('unhandledRejection', note)
    fail(new Error('late'))
    await sleep(1, undefined, 'the test')
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('sleep', () => {
  it('ends at once when the signal fires', async () => {
    const controller = new AbortController()
    const sleeping = sleep(2 ** 30, controller.signal, 'Waiting')
    controller.abort()
    await expect(sleeping).rejects.toBeInstanceOf(AbortedError)
  })

  it('waits longer than one timer of the platform can', async () => {
    vi.useFakeTimers()
    try {
      let isOver = false
      const sleeping = sleep(2 ** 32, undefined, 'Waiting').then(() => {
        isOver = true
      })
      await vi.advanceTimersByTimeAsync(2 ** 32 - 1)
      expect(isOver).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      await sleeping
      expect(isOver).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })
})
