import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../../models/network.ts'
import type { ContenderId } from '../../bench/engines/contenders.ts'
import { Host } from '../../bench/engines/host.ts'
import { expectedQuantiles } from '../../bench/engines/workload/expected-quantiles.ts'
import { GOLDEN_SPEC, largestDifference } from '../../fixtures/golden-tft.ts'
import { randomSeries } from '../../fixtures/random-network.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../..')
const STEPS = 400

const host = () =>
  new Host({
    read: async path => new Uint8Array(await readFile(resolve(REPOSITORY, path))),
    series: async () => randomSeries(buildNetwork(GOLDEN_SPEC), STEPS, 1),
    peakMemoryBytes: () => 7,
  })

describe('a benchmark host', () => {
  it.each<ContenderId>(['fusedWasm', 'tfjsWasm', 'tfjsEngineWasm', 'ortWasm'])(
    'runs %s, gets the right quantiles and times it',
    async id => {
      const running = host()
      const { quantiles, coldMs } = await running.open(id, 'reference')
      expect(largestDifference(Float32Array.from(quantiles), await expectedQuantiles('reference'))).toBeLessThan(1e-5)
      const times = await running.time(2, 3)
      expect(times).toHaveLength(3)
      for (const ms of [coldMs, ...times]) expect(ms).toBeGreaterThan(0)
      expect(running.peakMemoryBytes()).toBe(0)
      await running.dispose()
    },
  )

  it('slides over the newest steps of a series, and follows its newest candles', async () => {
    const running = host()
    await running.open('fusedWasm', 'reference')
    expect(await running.slide(150)).toEqual({ windows: 150 - GOLDEN_SPEC.lookback + 1, ms: expect.any(Number) })
    expect(await running.slide(STEPS)).toMatchObject({ windows: STEPS - GOLDEN_SPEC.lookback + 1 })
    expect(await running.follow(5)).toHaveLength(5)
    await running.dispose()
  })
})
