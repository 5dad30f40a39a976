import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { SliceSizes } from '../../../../sdk/forecast/slice-sizes.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Sizes of the first slices on an engine that takes so long for each window. */
async function sizesAt(msPerWindow: number, slices: number): Promise<number[]> {
  const sizes = new SliceSizes()
  const taken: number[] = []
  for (let i = 0; i < slices; i++) {
    taken.push(sizes.next())
    await sizes.time(async () => {
      vi.advanceTimersByTime(sizes.next() * msPerWindow)
    })
  }
  return taken
}

it('grows to a fifth of a second a slice', async () => {
  expect(await sizesAt(0.2, 5)).toEqual([16, 128, 1000, 1000, 1000])
})

it('shrinks to one window on an engine that is slower than that', async () => {
  expect(await sizesAt(1_000, 3)).toEqual([16, 1, 1])
})

it('has an end on an engine that takes no time at all', async () => {
  expect((await sizesAt(0, 10)).at(-1)).toBe(8192)
})

it('stays at a size that it is given', async () => {
  const sizes = new SliceSizes(30)
  await sizes.time(async () => {})
  expect(sizes.next()).toBe(30)
})
