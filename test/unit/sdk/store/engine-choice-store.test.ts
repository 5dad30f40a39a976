import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, it } from 'vitest'
import { readStoredBundle, storeBundle } from '../../../../sdk/store/bundle-store.ts'
import {
  type RememberedChoice,
  readEngineChoice,
  storeEngineChoice,
} from '../../../../sdk/store/engine-choice-store.ts'

import 'fake-indexeddb/auto'

const choice: RememberedChoice = {
  workloads: { single: 'wasm', batch: 'webgpu' },
  candidates: [{ kind: 'wasm', backend: null, batch1P50Ms: 0.4, windowP50Ms: 0.3, rejected: null }],
  measuredAtMs: Date.UTC(2024, 0, 1),
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

describe('the store of engine choices', () => {
  it('gives back what was kept under a key, and null for another', async () => {
    await storeEngineChoice('this device', choice)
    expect(await readEngineChoice('this device')).toEqual(choice)
    expect(await readEngineChoice('another device')).toBeNull()
  })

  it('joins a database of bundles that an earlier version of the package has made', async () => {
    const files = new Map([['weights.safetensors', { sha256: 'ab', bytes: Uint8Array.of(1) }]])
    const old = await new Promise<IDBDatabase>(resolve => {
      const request = indexedDB.open('edgequant', 1)
      request.onupgradeneeded = () => request.result.createObjectStore('bundles').put({ files }, 'https://a/')
      request.onsuccess = () => resolve(request.result)
    })
    old.close()
    expect(await readEngineChoice('this device')).toBeNull()
    expect(await readStoredBundle('https://a/')).toEqual(files)
    await storeBundle('https://b/', files)
    expect(await readStoredBundle('https://b/')).toEqual(files)
  })
})
