import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporalFusionTransformer } from '../../models/tft.ts'
import { openBundle } from '../../sdk/bundle/open-bundle.ts'
import { bundleToOnnx, networkToOnnx } from '../../trainer/onnx/export-onnx.ts'
import { readBundleFolder } from '../../trainer/registry/read-bundle-folder.ts'
import { GOLDEN_SPEC, largestDifference, readGoldenReference } from '../fixtures/golden-tft.ts'
import { openOnnx } from '../fixtures/onnx-in-node.ts'

describe('the exported TFT in onnxruntime', () => {
  it('gives the quantiles, attention and variable weights of PyTorch to float32 rounding', async () => {
    const { weights, batch, outputs } = await readGoldenReference(file =>
      readFile(new URL(`../fixtures/golden/tft-reference/${file}`, import.meta.url)),
    )
    const network = temporalFusionTransformer(GOLDEN_SPEC)
    const onnx = await openOnnx(networkToOnnx({ network, weights, name: 'reference' }))
    const { quantiles, attention, past_weights, future_weights } = await onnx.run(network, batch)
    await onnx.release()
    expect(quantiles.dims).toEqual([8, 24, 7])
    expect(largestDifference(quantiles.data, outputs.quantiles)).toBeLessThan(1e-5)
    expect(attention.dims).toEqual([8, 24, 120])
    expect(largestDifference(attention.data, outputs.attention)).toBeLessThan(2e-6)
    expect(past_weights.dims).toEqual([8, 96, 18])
    expect(largestDifference(past_weights.data, outputs.pastWeights)).toBeLessThan(2e-6)
    expect(future_weights.dims).toEqual([8, 24, 6])
    expect(largestDifference(future_weights.data, outputs.futureWeights)).toBeLessThan(2e-6)
  })

  it('reproduces the golden windows of the bundle that ships', async () => {
    const folder = resolve(import.meta.dirname, '../../models/bundles/crypto-hourly/1.0.0')
    const bundle = await openBundle(await readBundleFolder(folder), folder)
    const onnx = await openOnnx(bundleToOnnx(bundle))
    const { quantiles } = await onnx.run(bundle.network, bundle.golden.batch)
    await onnx.release()
    expect(largestDifference(quantiles.data, bundle.golden.quantiles)).toBeLessThan(bundle.manifest.golden.tolerance)
  })
})
