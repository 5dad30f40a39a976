import type { Network } from './blocks.ts'
import { type MlpSpec, multilayerPerceptron } from './mlp.ts'
import { type TftSpec, temporalFusionTransformer } from './tft.ts'

/** The description of any network this project knows; `kind` names the file that builds it. */
export type NetworkSpec = TftSpec | MlpSpec

export function buildNetwork(spec: NetworkSpec): Network {
  switch (spec.kind) {
    case 'tft':
      return temporalFusionTransformer(spec)
    case 'mlp':
      return multilayerPerceptron(spec)
  }
}
