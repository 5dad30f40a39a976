import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { temporalFusionTransformer } from '../../models/tft.ts'
import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { createWasmEngine } from '../../worker/wasm/wasm-engine.ts'
import { describeConformance } from '../fixtures/engine-conformance.ts'
import { GOLDEN_SPEC, largestDifference, readGoldenReference } from '../fixtures/golden-tft.ts'

describe('tabulated variables against an independent implementation of the TFT (PyTorch)', () => {
  it('give its quantiles within 5e-5, and its variable weights as exactly as without tables', async () => {
    const golden = await readGoldenReference(file =>
      readFile(new URL(`../fixtures/golden/tft-reference/${file}`, import.meta.url)),
    )
    const network = temporalFusionTransformer(GOLDEN_SPEC)
    const engine = await createWasmEngine({ network, weights: golden.weights, tabulate: true })
    expect(engine.info.uses).toContain('tabulated-variables')
    const { quantiles, explanation } = await engine.forward(golden.batch, { explain: true })
    expect(largestDifference(quantiles, golden.outputs.quantiles)).toBeLessThan(5e-5)
    expect(largestDifference(explanation!.pastWeights, golden.outputs.pastWeights)).toBeLessThan(2e-6)
    expect(largestDifference(explanation!.futureWeights, golden.outputs.futureWeights)).toBeLessThan(2e-6)
  })
})

describeConformance('the wasm engine with tabulated variables', {
  create: o => createWasmEngine({ ...o, tabulate: true }),
  reference: o => createTfjsEngine({ ...o, backend: 'wasm' }),
  int8: true,
  rounding: 0,
  randomNetworks: 20,
  windows: 60,
})
