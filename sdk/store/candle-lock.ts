import { throwIfAborted } from '../errors.ts'
import type { CandleSeriesKey } from './candle-store.ts'

/** A tab in the background is slowed down to a step a minute; one in front must not wait for it for long. */
const PATIENCE_MS = 20_000

/**
 * Does `work` while no other tab of this origin does any for the same series. Where there are no Web Locks, or another one
 * takes too long, it is done at once: the same candles are then asked for twice, and kept once.
 * @throws AbortedError while it waits; what `work` throws
 */
export async function inTurn<T>(
  key: CandleSeriesKey,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const locks = globalThis.navigator?.locks
  if (locks === undefined) return work()
  const waiting = new AbortController()
  const stopWaiting = () => waiting.abort()
  const timer = setTimeout(stopWaiting, PATIENCE_MS)
  signal?.addEventListener('abort', stopWaiting)
  const stopListening = () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stopWaiting)
  }
  let hasBegun = false
  try {
    return await locks.request(`edgequant candles ${JSON.stringify(key)}`, { signal: waiting.signal }, () => {
      hasBegun = true
      stopListening()
      return work()
    })
  } catch (error) {
    if (hasBegun) throw error
    throwIfAborted(signal, `Waiting for the candles of ${key.join(' ')} that another tab asks for`)
    return work()
  } finally {
    stopListening()
  }
}
