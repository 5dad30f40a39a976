import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Heartbeat } from '../../../../sdk/service/heartbeat.ts'

const ping = vi.fn()
const onSilence = vi.fn()
let heartbeat: Heartbeat

beforeEach(() => {
  vi.useFakeTimers()
  vi.clearAllMocks()
  heartbeat = new Heartbeat({ ping, onSilence })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the heartbeat', () => {
  it('says once that the other side has gone when it is silent for half a minute after its first word', () => {
    heartbeat.start()
    heartbeat.heard()
    vi.advanceTimersByTime(31_000)
    expect(onSilence).not.toHaveBeenCalled()
    expect(ping).toHaveBeenCalledTimes(15)
    vi.advanceTimersByTime(60_000)
    expect(onSilence).toHaveBeenCalledOnce()
  })

  it('waits longer for the first word: the script may still be on its way', () => {
    heartbeat.start()
    vi.advanceTimersByTime(115_000)
    expect(onSilence).not.toHaveBeenCalled()
    vi.advanceTimersByTime(10_000)
    expect(onSilence).toHaveBeenCalledOnce()
  })

  it('is content while anything is heard', () => {
    heartbeat.start()
    for (let i = 0; i < 20; i++) {
      vi.advanceTimersByTime(20_000)
      heartbeat.heard()
    }
    expect(onSilence).not.toHaveBeenCalled()
  })

  it('does not take a page that slept for a worker that was silent: time alone is no proof', () => {
    heartbeat.start()
    heartbeat.heard()
    vi.advanceTimersByTime(4_000)
    vi.setSystemTime(Date.now() + 8 * 3_600_000)
    vi.advanceTimersByTime(4_000)
    expect(onSilence).not.toHaveBeenCalled()
  })

  it('pings nobody while no answer is expected', () => {
    heartbeat.start()
    heartbeat.stop()
    vi.advanceTimersByTime(300_000)
    expect(ping).not.toHaveBeenCalled()
    expect(onSilence).not.toHaveBeenCalled()
  })
})
