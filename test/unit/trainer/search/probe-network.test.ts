import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../../sdk/random.ts'
import { ProbeNetwork, type ProbeRows } from '../../../../trainer/search/probe-network.ts'

const LEVELS = [0.1, 0.5, 0.9]
const NORMAL_QUANTILES = [-1.2815515655446004, 0, 1.2815515655446004]
/** Mean pinball loss over these levels of a normal's own quantiles, in its deviations: `φ(z) / 3` summed over levels. */
const LEAST = (0.17549833193 * 2 + 0.3989422804) / 3

/** Outcomes whose location and log-scale are given functions of the inputs. */
function rowsOf(n: number, seed: number, inputs: number, effect: (x: Float32Array) => [number, number]): ProbeRows {
  const random = createRandom(seed)
  const x = new Float32Array(n * inputs).map(() => random.normal())
  const outcomes = Float32Array.from({ length: n }, (_, i) => {
    const [location, logScale] = effect(x.subarray(i * inputs, (i + 1) * inputs))
    return location + Math.exp(logScale) * random.normal()
  })
  return { length: n, inputs: x, outcomes }
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

const task = { levels: LEVELS, quantiles: [NORMAL_QUANTILES], weights: [1 / LEAST], seed: 1 }

describe('the probe network', () => {
  it('has the loss of the unconditional quantiles where there is nothing to learn, nearly', () => {
    const network = new ProbeNetwork({ ...task, inputs: 3, baseInputs: 3 })
    network.train(rowsOf(20_000, 1, 3, () => [0, 0]))
    const loss = mean(network.losses(rowsOf(20_000, 2, 3, () => [0, 0])))
    expect(loss).toBeGreaterThan(0.99)
    expect(loss).toBeLessThan(1.01)
  })

  it.each([
    ['location', (x: Float32Array): [number, number] => [0.5 * x[0], 0]],
    ['scale', (x: Float32Array): [number, number] => [0, 0.5 * x[1]]],
  ])('learns what moves the %s nearly as well as can be', (_, effect) => {
    const network = new ProbeNetwork({ ...task, inputs: 2, baseInputs: 2 })
    network.train(rowsOf(40_000, 1, 2, effect))
    const judged = rowsOf(20_000, 2, 2, effect)
    const scales = Float64Array.from({ length: judged.length }, (_, i) =>
      Math.exp(effect(judged.inputs.subarray(2 * i, 2 * i + 2))[1]),
    )
    expect(mean(network.losses(judged))).toBeLessThan(1.015 * mean(scales))
  })

  it('learns the same whatever number of inputs is added that are always 0', () => {
    const alone = rowsOf(2_000, 1, 1, x => [x[0], 0])
    const padded = { ...alone, inputs: new Float32Array(3 * alone.length) }
    for (let i = 0; i < alone.length; i++) padded.inputs[3 * i] = alone.inputs[i]
    const small = new ProbeNetwork({ ...task, inputs: 1, baseInputs: 1 })
    const large = new ProbeNetwork({ ...task, inputs: 3, baseInputs: 1 })
    small.train(alone)
    large.train(padded)
    expect(large.losses(padded)).toEqual(small.losses(alone))
  })
})
