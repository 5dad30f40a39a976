import type { Network } from '../../../models/blocks.ts'
import { buildNetwork } from '../../../models/network.ts'
import { openBundle } from '../../../sdk/bundle/open-bundle.ts'
import type { Weights, WindowBatch } from '../../../sdk/engine.ts'
import { GOLDEN_SPEC, readGoldenReference } from '../../fixtures/golden-tft.ts'
import { LITE_SPEC, randomWeights, randomWindows } from '../../fixtures/random-network.ts'

/** A network to run, with its weights. */
export interface Subject {
  readonly network: Network
  readonly weights: Weights
  /** What every contender must agree on before it is timed. */
  readonly check: WindowBatch
  /** Where an independent implementation or the trainer has computed it. */
  readonly expected?: Float32Array
}

export type SubjectId = keyof typeof SUBJECTS

/** A file of the repository. */
export type ReadFile = (path: string) => Promise<Uint8Array>

const GOLDEN = 'test/fixtures/golden/tft-reference'
const BUNDLE = 'models/bundles/crypto-hourly/1.0.0'
const BUNDLE_FILES = ['manifest.json', 'weights.safetensors', 'golden.safetensors', 'MODEL_CARD.md']

export const SUBJECTS = {
  /** The reference student of ANCHORS §1, with the weights and outputs of PyTorch. */
  reference: async (read: ReadFile): Promise<Subject> => {
    const { weights, batch, outputs } = await readGoldenReference(file => read(`${GOLDEN}/${file}`))
    return { network: buildNetwork(GOLDEN_SPEC), weights, check: batch, expected: outputs.quantiles }
  },
  /** The bundle that ships: int8 matrices. */
  shipped: async (read: ReadFile): Promise<Subject> => {
    const files = await Promise.all(BUNDLE_FILES.map(async name => [name, await read(`${BUNDLE}/${name}`)] as const))
    const { network, weights, golden } = await openBundle(new Map(files), BUNDLE)
    return { network, weights, check: golden.batch, expected: golden.quantiles }
  },
  /** The MLP 106 → 48 → 32 → 24; what is timed does not depend on the values of its weights. */
  lite: async (): Promise<Subject> => {
    const network = buildNetwork(LITE_SPEC)
    return { network, weights: randomWeights(network, 1), check: randomWindows(network, 8, 2) }
  },
  /** The reference student with its matrices rounded to int8, as a bundle has them. */
  referenceInt8: async (): Promise<Subject> => {
    const network = buildNetwork(GOLDEN_SPEC)
    return { network, weights: randomWeights(network, 1, { int8: true }), check: randomWindows(network, 4, 2) }
  },
} as const
