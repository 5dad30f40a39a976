import { describe, expect, it } from 'vitest'
import { runBounded } from '../../../../../trainer/data/exchange/run-bounded.ts'

const turn = () => new Promise<void>(done => setImmediate(done))

describe('runBounded', () => {
  it.each([1, 3, 10])('works through all items with %i at once, and never more', async atOnce => {
    let running = 0
    let most = 0
    const begun: number[] = []
    await runBounded([0, 1, 2, 3, 4, 5, 6], atOnce, async item => {
      begun.push(item)
      most = Math.max(most, ++running)
      for (let i = 0; i <= item % 3; i++) await turn()
      running--
    })
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(most).toBe(Math.min(atOnce, 7))
    expect(running).toBe(0)
  })

  it('begins nothing after a failure, and ends when what was begun has ended', async () => {
    const ended: number[] = []
    const running = runBounded([0, 1, 2, 3, 4], 2, async item => {
      await turn()
      if (item === 0) throw new Error('item 0')
      for (let i = 0; i < 5; i++) await turn()
      ended.push(item)
    })
    await expect(running).rejects.toThrow('item 0')
    expect(ended).toEqual([1])
  })
})
