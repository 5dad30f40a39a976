import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporalFusionTransformer } from '../../models/tft.ts'
import { openBundle } from '../../sdk/bundle/open-bundle.ts'
import { readBundleFolder } from '../../trainer/registry/read-bundle-folder.ts'
import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import { createWasmEngine } from '../../worker/wasm/wasm-engine.ts'
import {
  firstWindows,
  GOLDEN_SPEC,
  type GoldenReference,
  largestDifference,
  readGoldenReference,
} from '../fixtures/golden-tft.ts'
import { randomWindows } from '../fixtures/random-network.ts'

const network = temporalFusionTransformer(GOLDEN_SPEC)

describe('the wasm engine against an independent implementation of the TFT (PyTorch)', () => {
  let golden: GoldenReference
  beforeAll(async () => {
    golden = await readGoldenReference(file =>
      readFile(new URL(`../fixtures/golden/tft-reference/${file}`, import.meta.url)),
    )
  })

  it('gives its quantiles, attention and variable weights to float32 rounding', async () => {
    const engine = await createWasmEngine({ network, weights: golden.weights })
    const { quantiles, explanation } = await engine.forward(golden.batch, { explain: true })
    expect(largestDifference(quantiles, golden.outputs.quantiles)).toBeLessThan(1e-5)
    expect(largestDifference(explanation!.attention, golden.outputs.attention)).toBeLessThan(2e-6)
    expect(largestDifference(explanation!.pastWeights, golden.outputs.pastWeights)).toBeLessThan(2e-6)
    expect(largestDifference(explanation!.futureWeights, golden.outputs.futureWeights)).toBeLessThan(2e-6)
  })

  it('gives a window the same bits alone as in a batch', async () => {
    const engine = await createWasmEngine({ network, weights: golden.weights })
    const alone = await engine.forward(firstWindows(golden.batch, 1))
    const { quantiles } = await engine.forward(golden.batch)
    expect(alone.quantiles).toEqual(quantiles.slice(0, 24 * 7))
  })
})

describe('the wasm engine on the bundle that ships', () => {
  it('gives its golden windows, and what tfjs gives for 1,000 random ones', async () => {
    const folder = resolve(import.meta.dirname, '../../models/bundles/crypto-hourly/1.0.0')
    const { network, weights, golden, manifest } = await openBundle(await readBundleFolder(folder), folder)
    const engine = await createWasmEngine({ network, weights })
    const { quantiles } = await engine.forward(golden.batch)
    expect(largestDifference(quantiles, golden.quantiles)).toBeLessThan(manifest.golden.tolerance)

    const tfjs = await createTfjsEngine({ network, weights, backend: 'wasm' })
    for (let seed = 0; seed < 5; seed++) {
      const batch = randomWindows(network, 200, seed)
      const [ours, theirs] = [await engine.forward(batch), await tfjs.forward(batch)]
      expect(largestDifference(ours.quantiles, theirs.quantiles)).toBeLessThan(1e-4)
    }
    await tfjs.dispose()
  })
})
