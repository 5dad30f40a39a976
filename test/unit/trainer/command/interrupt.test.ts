import { afterEach, describe, expect, it, vi } from 'vitest'
import { listenForInterrupt } from '../../../../trainer/command/interrupt.ts'

afterEach(() => vi.restoreAllMocks())

describe('listenForInterrupt', () => {
  it('asks for a stop at the first Ctrl-C and ends the process at the second', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never)
    const clock = vi.spyOn(performance, 'now').mockReturnValue(10_000)
    const onFirst = vi.fn()
    const { signal, release } = listenForInterrupt(onFirst)
    process.emit('SIGINT')
    expect(signal.aborted).toBe(true)
    expect(onFirst).toHaveBeenCalledOnce()
    clock.mockReturnValue(12_000)
    process.emit('SIGINT')
    expect(exit).toHaveBeenCalledWith(130)
    expect(onFirst).toHaveBeenCalledOnce()
    release()
  })

  it('takes a signal that npm passes on for the same key press', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never)
    const clock = vi.spyOn(performance, 'now').mockReturnValue(10_000)
    const { signal, release } = listenForInterrupt(() => {})
    process.emit('SIGINT')
    clock.mockReturnValue(10_050)
    process.emit('SIGINT')
    expect(signal.aborted).toBe(true)
    expect(exit).not.toHaveBeenCalled()
    release()
  })

  it('leaves Ctrl-C alone once released', () => {
    const before = process.listenerCount('SIGINT')
    const { release } = listenForInterrupt(() => {})
    expect(process.listenerCount('SIGINT')).toBe(before + 1)
    release()
    expect(process.listenerCount('SIGINT')).toBe(before)
  })
})
