import { describe, expect, it } from 'vitest'
import { latestOnly } from '../../../demo/control/latest.ts'

describe('latestOnly', () => {
  it('runs the first and the newest request, and none of those in between', async () => {
    const done: number[] = []
    const request = latestOnly(async (n: number) => {
      await new Promise(resolve => setTimeout(resolve))
      done.push(n)
    })
    for (const n of [1, 2, 3, 4]) request(n)
    await new Promise(resolve => setTimeout(resolve, 20))
    expect(done).toEqual([1, 4])
    request(5)
    await new Promise(resolve => setTimeout(resolve, 20))
    expect(done).toEqual([1, 4, 5])
  })
})
