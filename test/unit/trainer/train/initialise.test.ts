import { describe, expect, it } from 'vitest'
import { networkParameters } from '../../../../models/blocks.ts'
import { temporalFusionTransformer } from '../../../../models/tft.ts'
import { createRandom } from '../../../../sdk/random.ts'
import { initialWeights } from '../../../../trainer/train/initialise.ts'
import { permutation } from '../../../../trainer/train/permutation.ts'
import { SMALL_SPEC } from '../../../fixtures/small-tft.ts'

const network = temporalFusionTransformer(SMALL_SPEC)

describe('initial weights', () => {
  it('fill every parameter with its shape, the same for the same seed', () => {
    const weights = initialWeights(network, 3)
    for (const { name, shape } of networkParameters(network)) {
      expect(weights.get(name)!.data.length, name).toBe(shape.reduce((a, b) => a * b, 1))
    }
    expect(initialWeights(network, 3)).toEqual(weights)
    expect(initialWeights(network, 4)).not.toEqual(weights)
  })

  it('make each gate of a recurrent matrix orthogonal', () => {
    const { data, shape } = initialWeights(network, 3).get('encoder.wHh')!
    const [rows, columns] = shape
    const at = (i: number, j: number) => data[i * columns + j]
    for (let gate = 0; gate < 4; gate++) {
      for (let j = 0; j < rows; j++) {
        for (let k = 0; k < rows; k++) {
          let product = 0
          for (let i = 0; i < rows; i++) product += at(i, gate * rows + j) * at(i, gate * rows + k)
          expect(product).toBeCloseTo(j === k ? 1 : 0, 5)
        }
      }
    }
  })

  it('open the forget gate of an LSTM and no other', () => {
    const { data } = initialWeights(network, 3).get('decoder.b')!
    const D = SMALL_SPEC.hidden
    expect([...data]).toEqual(Array.from({ length: 4 * D }, (_, i) => (i >= D && i < 2 * D ? 1 : 0)))
  })

  it('keep matrices within Glorot’s limit', () => {
    const { data } = initialWeights(network, 3).get('enriched.fc1.w')!
    const limit = Math.sqrt(6 / 16)
    expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(limit)
    expect(Math.max(...data.map(Math.abs))).toBeGreaterThan(0.8 * limit)
  })
})

describe('a permutation', () => {
  it('holds every index once and differs by seed', () => {
    const a = permutation(500, createRandom(1))
    expect([...a].sort((x, y) => x - y)).toEqual(Array.from({ length: 500 }, (_, i) => i))
    expect(permutation(500, createRandom(2))).not.toEqual(a)
  })
})
