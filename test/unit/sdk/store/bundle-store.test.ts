import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ServiceError } from '../../../../sdk/errors.ts'
import { readStoredBundle, storeBundle } from '../../../../sdk/store/bundle-store.ts'

import 'fake-indexeddb/auto'

const file = (...bytes: number[]) => ({ sha256: String(bytes), bytes: Uint8Array.from(bytes) })

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the bundle store', () => {
  it('has nothing of a bundle it has not seen', async () => {
    expect(await readStoredBundle('https://a/')).toEqual(new Map())
  })

  it('gives back the files of each bundle by its URL', async () => {
    const one = new Map([['weights.safetensors', file(1, 2)]])
    const other = new Map([['weights.safetensors', file(3)]])
    await storeBundle('https://a/', one)
    await storeBundle('https://b/', other)
    expect(await readStoredBundle('https://a/')).toEqual(one)
    expect(await readStoredBundle('https://b/')).toEqual(other)
  })

  it('replaces all files of a bundle at once', async () => {
    await storeBundle('https://a/', new Map([['old', file(1)]]))
    await storeBundle('https://a/', new Map([['new', file(2)]]))
    expect([...(await readStoredBundle('https://a/')).keys()]).toEqual(['new'])
  })

  it('leaves no connection open that would keep another tab from upgrading', async () => {
    await storeBundle('https://a/', new Map())
    await expect(
      new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase('edgequant')
        request.onsuccess = resolve
        request.onblocked = reject
      }),
    ).resolves.toBeDefined()
  })

  it.each([
    [
      'that throws',
      () => ({
        open: () => {
          throw new DOMException('Denied.', 'SecurityError')
        },
      }),
      'Denied.',
    ],
    ['that does not exist', () => undefined, 'open'],
  ])('reports an IndexedDB %s as a typed error', async (_, broken, said) => {
    globalThis.indexedDB = broken() as unknown as IDBFactory
    const error = await readStoredBundle('https://a/').catch(e => e)
    expect(error).toBeInstanceOf(ServiceError)
    expect(error.code).toBe('CACHE_FAILED')
    expect(error.message).toContain(said)
  })

  it('does not wait for ever when another tab keeps IndexedDB from answering', async () => {
    // A connection that ignores the wish to delete its database: whatever is asked for next waits behind that.
    const connection = await new Promise<IDBDatabase>(resolve => {
      const request = indexedDB.open('edgequant', 1)
      request.onsuccess = () => resolve(request.result)
    })
    await new Promise(resolve => {
      indexedDB.deleteDatabase('edgequant').onblocked = resolve
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const outcome = storeBundle('https://a/', new Map()).catch(e => e)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await outcome).toMatchObject({ code: 'CACHE_FAILED', message: expect.stringContaining('no answer within') })
    connection.close()
  })
})
