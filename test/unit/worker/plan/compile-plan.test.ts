import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Block, Network } from '../../../../models/blocks.ts'
import { buildNetwork } from '../../../../models/network.ts'
import { temporalFusionTransformer } from '../../../../models/tft.ts'
import { compilePlan } from '../../../../worker/plan/compile-plan.ts'
import { multiplyAdds } from '../../../../worker/plan/multiply-adds.ts'
import { createTfjsEngine } from '../../../../worker/tfjs/tfjs-engine.ts'
import { GOLDEN_SPEC, type GoldenReference, readGoldenReference } from '../../../fixtures/golden-tft.ts'
import { arbitraryNetworkSpec, LITE_SPEC, randomWeights, randomWindows } from '../../../fixtures/random-network.ts'
import { runPlan } from '../../../fixtures/run-plan.ts'
import { SMALL_SPEC } from '../../../fixtures/small-tft.ts'

const difference = (a: Float64Array, b: ArrayLike<number>) =>
  a.reduce((max, x, i) => Math.max(max, Math.abs(x - b[i])), 0)

describe('a plan of the reference student', () => {
  const network = temporalFusionTransformer(GOLDEN_SPEC)
  let golden: GoldenReference
  beforeAll(async () => {
    golden = await readGoldenReference(file =>
      readFile(new URL(`../../../fixtures/golden/tft-reference/${file}`, import.meta.url)),
    )
  })

  it.each([true, false])('computes what PyTorch computed, fold: %s', fold => {
    const plan = compilePlan(network, golden.weights, { fold })
    expect(difference(runPlan(plan, golden.batch), golden.outputs.quantiles)).toBeLessThan(3e-6)
  })

  it('folded, takes 6.2 M multiply-adds a window, where the network as written takes 14.6 M', () => {
    const count = multiplyAdds(compilePlan(network, golden.weights, { fold: true }))
    expect(count).toBeGreaterThan(6.1e6)
    expect(count).toBeLessThan(6.3e6)
  })

  it('shares between windows that slide all that stands before the LSTM', () => {
    const { operations } = compilePlan(network, golden.weights, { fold: true })
    expect(operations.filter(op => op.stage === 'step').map(op => op.name)).toEqual(['past', 'future'])
    expect(operations.flatMap(op => (op.kind === 'lstm' ? [op.inputStage] : []))).toEqual(['step', 'step'])
  })
})

describe('plans', () => {
  it('compute what the reference engine computes, for any network of the vocabulary, folded or not', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryNetworkSpec, fc.integer(), fc.boolean(), async (spec, seed, fold) => {
        const network = buildNetwork(spec)
        const weights = randomWeights(network, seed)
        const batch = randomWindows(network, 2, seed + 1)
        const engine = await createTfjsEngine({ network, weights, backend: 'cpu' })
        const { quantiles } = await engine.forward(batch)
        await engine.dispose()
        expect(difference(runPlan(compilePlan(network, weights, { fold }), batch), quantiles)).toBeLessThan(1e-4)
      }),
      { numRuns: 25 },
    )
  })

  it('keep the integers of the bundle where nothing is folded into a matrix, and drop them where something is', () => {
    const network = buildNetwork(SMALL_SPEC)
    const weights = randomWeights(network, 5, { int8: true })
    const unitOf = (fold: boolean) => {
      const op = compilePlan(network, weights, { fold }).operations.find(o => o.name === 'enriched')
      return op?.kind === 'gatedResidual' ? op.unit : undefined
    }
    expect(unitOf(false)?.gate.matrix.int8?.values).toEqual(weights.get('enriched.glu.w')!.int8!.values)
    expect(unitOf(false)?.before?.matrix.int8?.scales).toEqual(weights.get('enriched.fc2.w')!.int8!.scales)
    expect(unitOf(true)?.gate.matrix.int8).toBeUndefined()
  })

  it('count the 7,710 multiply-adds of the recipe’s MLP', () => {
    const network = buildNetwork(LITE_SPEC)
    // 106·48 + 48·32 + 32·24, and a skip of 106·3
    expect(multiplyAdds(compilePlan(network, randomWeights(network, 1), { fold: true }))).toBe(7_710)
  })

  const altered = (change: (block: Block) => Block): Network => {
    const network = buildNetwork(SMALL_SPEC)
    return { ...network, blocks: network.blocks.map(change) }
  }

  it.each<[string, string, Network]>([
    [
      'a context that is no static covariate',
      'enriched',
      altered(b => (b.name === 'enriched' ? ({ ...b, context: 'encoder.hidden' } as Block) : b)),
    ],
    [
      'sequences joined that do not follow each other',
      'sequence',
      altered(b => (b.name === 'sequence' ? ({ ...b, inputs: ['decoder', 'encoder'] } as Block) : b)),
    ],
    [
      'an LSTM that begins in a mixture of states',
      'decoder',
      altered(b => (b.name === 'decoder' ? ({ ...b, initialCell: 'context.cell' } as Block) : b)),
    ],
  ])('refuse %s, naming the block', (_, name, network) => {
    expect(() => compilePlan(network, randomWeights(network, 1), { fold: true })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_NETWORK', details: expect.objectContaining({ block: name }) }),
    )
  })
})
