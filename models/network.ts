import type { Network } from './blocks.ts'
import { type TftSpec, temporalFusionTransformer } from './tft.ts'

/** The description of any network this project knows; `kind` names the file that builds it. */
export type NetworkSpec = TftSpec

export function buildNetwork(spec: NetworkSpec): Network {
  return temporalFusionTransformer(spec)
}
