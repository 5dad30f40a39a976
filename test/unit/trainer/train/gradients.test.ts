import { beforeAll, describe, expect, it } from 'vitest'
import { networkParameters } from '../../../../models/blocks.ts'
import { temporalFusionTransformer } from '../../../../models/tft.ts'
import { createRandom } from '../../../../sdk/random.ts'
import { optimisedParameter } from '../../../../trainer/train/adam.ts'
import type { Sample } from '../../../../trainer/train/dataset.ts'
import { computeGradients, computeQuantiles } from '../../../../trainer/train/gradients.ts'
import { initialWeights, startHeadAt } from '../../../../trainer/train/initialise.ts'
import { activateBackend } from '../../../../worker/tfjs/backend.ts'
import { SMALL_SPEC } from '../../../fixtures/small-tft.ts'

const network = temporalFusionTransformer(SMALL_SPEC)
const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]
const LOSS = { levels: LEVELS, horizonWeights: [1, 2, 3], volatilityWeight: 0.5, teacherWeight: 0.4 }

function sample(size: number, seed: number): Sample {
  const random = createRandom(seed)
  const normals = (length: number) => Float32Array.from({ length }, () => random.normal())
  return {
    batch: {
      size,
      observed: normals(size * 6 * 3),
      known: normals(size * 9 * 2),
      symbols: Int32Array.from({ length: size }, (_, i) => i % 2),
    },
    outcomes: normals(size * 3),
    logVolatility: normals(size * 3),
  }
}

const parameters = (seed: number) => {
  const weights = initialWeights(network, seed)
  return networkParameters(network).map(spec => optimisedParameter(spec, weights.get(spec.name)!.data))
}

const options = (dropoutRate = 0) => ({
  network,
  loss: LOSS,
  dropoutRate,
  random: createRandom(3, 'dropout'),
  teacher: Float32Array.from({ length: 4 * 3 * 5 }, (_, i) => Math.sin(i)),
})

describe('gradients of the training loss', () => {
  beforeAll(() => activateBackend('wasm'))

  it('agree with central differences along a random direction in every block', async () => {
    const data = sample(4, 11)
    const base = parameters(5)
    const { gradients } = await computeGradients(base, data, options())
    const random = createRandom(99)
    const direction = base.map(p => Float32Array.from(p.value, () => random.normal()))
    const blockOf = (name: string) => name.replace(/\.(w|b|wIh|wHh|wq|wk|wv|wo|g)$/, '')
    for (const block of new Set(base.map(p => blockOf(p.name)))) {
      const isMoved = base.map(p => blockOf(p.name) === block)
      const along = async (step: number) => {
        const moved = base.map((p, i) =>
          isMoved[i] ? { ...p, value: p.value.map((x, j) => x + step * direction[i][j]) } : p,
        )
        return (await computeGradients(moved, data, options())).loss
      }
      const epsilon = 5e-4
      const numeric = ((await along(epsilon)) - (await along(-epsilon))) / (2 * epsilon)
      const analytic = gradients.flatMap((g, i) => (isMoved[i] ? [...g].map((x, j) => x * direction[i][j]) : []))
      const slope = analytic.reduce((sum, x) => sum + x, 0)
      // float32 differences: two parts in a hundred, or a few thousandths where the slope is small
      expect(Math.abs(numeric - slope), block).toBeLessThan(0.02 * Math.abs(slope) + 3e-3)
    }
  })

  it('reach every parameter but the selection among one static variable, which is always 1', async () => {
    const { gradients } = await computeGradients(parameters(5), sample(8, 2), { ...options(), teacher: undefined })
    const dead = networkParameters(network).filter((_, k) => gradients[k].every(g => Math.abs(g) < 1e-7))
    expect(dead.every(p => p.name.startsWith('static.flat.'))).toBe(true)
  })

  it('are the same for the same dropout stream and differ for another', async () => {
    const run = async (name: string) => {
      const withStream = { ...options(0.5), random: createRandom(3, name) }
      return (await computeGradients(parameters(5), sample(4, 1), withStream)).loss
    }
    expect(await run('a')).toBe(await run('a'))
    expect(await run('a')).not.toBe(await run('b'))
  })
})

describe('a head started at given quantiles', () => {
  it('forecasts about these quantiles for every window', async () => {
    await activateBackend('wasm')
    const weights = initialWeights(network, 1)
    const quantiles = [1, 2, 3].map(scale => [-1.6, -0.6, 0.1, 0.7, 1.7].map(q => q * scale))
    startHeadAt(weights, 'head', quantiles)
    weights.get('head.w')!.data.fill(0)
    const out = await computeQuantiles(network, weights, sample(2, 4).batch)
    expect([...out]).toEqual([...quantiles.flat(), ...quantiles.flat()].map(q => expect.closeTo(q, 5)))
  })
})
