import { describe, expect, it } from 'vitest'
import { adamStep, clipByGlobalNorm, optimisedParameter, scheduleFactor } from '../../../../trainer/train/adam.ts'

const bias = (value: Float32Array) => optimisedParameter({ name: 'b', shape: [value.length], init: 'zeros' }, value)

describe('AdamW', () => {
  it('moves by the learning rate in the first step, against the sign of the gradient', () => {
    const p = bias(Float32Array.of(1, 1))
    adamStep([p], [Float32Array.of(5, -0.01)], 1, { learningRate: 0.1, weightDecay: 0, averageDecay: 0 })
    expect(p.value[0]).toBeCloseTo(0.9, 6)
    expect(p.value[1]).toBeCloseTo(1.1, 6)
  })

  it('gives the second step worked out by hand from Kingma & Ba, algorithm 1', () => {
    // gradients 1 then 3: m = 0.9·0.1 + 0.1·3 = 0.39, v = 0.999·0.001 + 0.001·9 = 0.009999
    // corrected: m/(1 − 0.81) = 2.0526316, v/(1 − 0.998001) = 5.0020010; step = 0.1 · 2.0526316 / 2.2365153 = 0.0917781
    const p = bias(Float32Array.of(0))
    const options = { learningRate: 0.1, weightDecay: 0, averageDecay: 0 }
    adamStep([p], [Float32Array.of(1)], 1, options)
    adamStep([p], [Float32Array.of(3)], 2, options)
    expect(p.value[0]).toBeCloseTo(-0.1 - 0.0917781, 5)
  })

  it('decays matrices apart from the gradient, and leaves vectors alone', () => {
    const options = { learningRate: 0.1, weightDecay: 0.5, averageDecay: 0 }
    const matrix = optimisedParameter({ name: 'w', shape: [1, 1], init: 'glorotUniform' }, Float32Array.of(2))
    const vector = bias(Float32Array.of(2))
    adamStep([matrix, vector], [Float32Array.of(0), Float32Array.of(0)], 1, options)
    expect(matrix.value[0]).toBeCloseTo(2 * (1 - 0.05), 6)
    expect(vector.value[0]).toBe(2)
  })

  it('finds the minimum of a quadratic', () => {
    const p = bias(Float32Array.of(4, -3))
    for (let step = 1; step <= 2000; step++) {
      const gradient = Float32Array.of(2 * (p.value[0] - 1), 20 * (p.value[1] - 2))
      adamStep([p], [gradient], step, { learningRate: 0.02, weightDecay: 0, averageDecay: 0.9 })
    }
    expect(p.value[0]).toBeCloseTo(1, 3)
    expect(p.average[1]).toBeCloseTo(2, 3)
  })
})

describe('clipping', () => {
  it('scales all gradients to the joint norm asked for and tells the norm before', () => {
    const gradients = [Float32Array.of(3), Float32Array.of(0, 4)]
    expect(clipByGlobalNorm(gradients, 1)).toBe(5)
    expect(gradients[0][0]).toBeCloseTo(0.6, 6)
    expect(gradients[1][1]).toBeCloseTo(0.8, 6)
  })

  it('leaves smaller gradients as they are', () => {
    const gradients = [Float32Array.of(0.3, 0.4)]
    expect(clipByGlobalNorm(gradients, 1)).toBeCloseTo(0.5, 6)
    expect([...gradients[0]]).toEqual([...Float32Array.of(0.3, 0.4)])
  })
})

describe('the schedule', () => {
  it('rises linearly during warm-up, then follows half a cosine to zero', () => {
    expect(scheduleFactor(0.025, 0.05)).toBeCloseTo(0.5, 12)
    expect(scheduleFactor(0.5, 0.05)).toBeCloseTo(0.5, 12)
    expect(scheduleFactor(1, 0.05)).toBeCloseTo(0, 12)
  })
})
