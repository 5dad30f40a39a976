import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isMatrix, networkParameters, parameterCount } from '../../../models/blocks.ts'
import { buildNetwork } from '../../../models/network.ts'
import type { BundleFiles } from '../../../sdk/bundle/bundle.ts'
import { encodeGolden } from '../../../sdk/bundle/golden.ts'
import { decodeWeights, encodeWeights } from '../../../sdk/bundle/weights.ts'
import { writeBundle } from '../../../sdk/bundle/write-bundle.ts'
import { createTfjsEngine } from '../../../worker/tfjs/tfjs-engine.ts'
import { GOLDEN_SPEC, readGoldenReference } from '../../fixtures/golden-tft.ts'
import { tinyManifest } from '../../fixtures/tiny-bundle.ts'
import { REFERENCE_FEATURES, REFERENCE_HORIZONS } from './reference-features.ts'

const SYMBOLS = ['BTC/USDT', ...Array.from({ length: GOLDEN_SPEC.symbols - 1 }, (_, i) => `COIN${i + 1}/USDT`)]
const LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]

/** The reference student as a bundle with int8 matrices, to be served to an app. */
export async function writeReferenceBundle(): Promise<BundleFiles> {
  const folder = resolve(import.meta.dirname, '../../fixtures/golden/tft-reference')
  const reference = await readGoldenReference(async file => new Uint8Array(await readFile(resolve(folder, file))))
  const network = buildNetwork(GOLDEN_SPEC)
  const parameters = networkParameters(network)
  const names = (int8: boolean) => parameters.filter(p => isMatrix(p) === int8).map(p => p.name)
  const tiny = tinyManifest()
  const manifest = {
    ...tiny,
    name: 'reference-student',
    network: GOLDEN_SPEC,
    parameters: parameterCount(network),
    symbols: SYMBOLS,
    features: [...REFERENCE_FEATURES],
    horizons: [...REFERENCE_HORIZONS],
    quantiles: LEVELS,
    quantisation: { int8: names(true), float32: names(false), lossRatio: null },
    calibration: { ...tiny.calibration, offsets: REFERENCE_HORIZONS.map(() => LEVELS.map(() => 0)) },
    gate: { ...tiny.gate, usualWidths: REFERENCE_HORIZONS.map(() => 2.5) },
    golden: { ...tiny.golden, windows: reference.batch.size },
    training: { ...tiny.training, symbols: SYMBOLS },
  }
  const weights = encodeWeights(reference.weights, { int8: names(true) })
  const engine = await createTfjsEngine({ network, weights: decodeWeights(weights, manifest, network), backend: 'cpu' })
  const { quantiles } = await engine.forward(reference.batch)
  await engine.dispose()
  const golden = encodeGolden({ batch: reference.batch, quantiles }, network)
  return writeBundle({ manifest, weights, golden, modelCard: '# reference-student\n\nFor benchmarks.\n' })
}
