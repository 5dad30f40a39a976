import { describe, expect, it } from 'vitest'
import { createStore } from '../../../demo/app/store.ts'

describe('the demo store', () => {
  it('tells a watcher once about several updates made in one task, with the newest state', async () => {
    const store = createStore({ a: 1, b: 1, c: 1 })
    const seen: number[][] = []
    store.watch(['a', 'b'], ({ a, b }) => seen.push([a, b]))
    store.update({ a: 2 })
    store.update({ b: 3 })
    await Promise.resolve()
    expect(seen).toEqual([
      [1, 1],
      [2, 3],
    ])
  })

  it('leaves watchers of other keys, and of values that did not change, in peace', async () => {
    const store = createStore({ a: 1, b: 1 })
    let calls = 0
    store.watch(['a'], () => calls++)
    store.update({ b: 2 })
    store.update({ a: 1 })
    await Promise.resolve()
    expect(calls).toBe(1)
  })

  it('lets a watcher update the store, and tells those concerned afterwards', async () => {
    const store = createStore({ a: 1, doubled: 2 })
    const seen: number[] = []
    store.watch(['a'], ({ a }) => store.update({ doubled: 2 * a }))
    store.watch(['doubled'], ({ doubled }) => seen.push(doubled))
    store.update({ a: 5 })
    await new Promise(resolve => setTimeout(resolve))
    expect(seen).toEqual([2, 10])
  })
})
