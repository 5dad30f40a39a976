import type { Network } from '../../models/blocks.ts'
import type { Bundle } from '../../sdk/bundle/bundle.ts'
import type { Weights } from '../../sdk/engine.ts'
import { compilePlan } from '../../worker/plan/compile-plan.ts'
import { encodeModel } from './model-proto.ts'
import { planToGraph } from './plan-to-graph.ts'

export interface NetworkToOnnxOptions {
  readonly network: Network
  readonly weights: Weights
  readonly name: string
  readonly description?: string
  /** For whoever feeds the model. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * A network as the bytes of an `.onnx` file (opset 17, free batch size): inputs `observed [B, L, Fo]`, `known [B, L + H, Fk]`
 * and `symbols [B]`; output `quantiles [B, H, Q]` before calibration, and where the network has them `attention`,
 * `past_weights` and `future_weights`. It is the plan that the fused engines run, so other runtimes get the same algebra.
 */
export const networkToOnnx = ({ network, weights, name, description = '', metadata = {} }: NetworkToOnnxOptions) =>
  encodeModel({ name, description, metadata, graph: planToGraph(compilePlan(network, weights, { fold: true })) })

/** A bundle's network as ONNX, with what of its manifest one must know to feed it. */
export function bundleToOnnx({ manifest, network, weights }: Bundle): Uint8Array {
  const { name, version, timeframe } = manifest
  const featuresOf = (kind: 'observed' | 'known') =>
    JSON.stringify(
      manifest.features.filter(f => f.kind === kind).map(f => ({ name: f.name, unit: f.unit, ...f.scaler })),
    )
  return networkToOnnx({
    network,
    weights,
    name,
    description:
      `EdgeQuant ${name} ${version}: quantiles of the log return in units of ex-ante volatility, before calibration. ` +
      'Inputs are clip((x − mean) / standardDeviation, ±clip) of the features in the metadata.',
    metadata: {
      name,
      version,
      timeframe,
      symbols: JSON.stringify(manifest.symbols),
      horizonsCandles: JSON.stringify(manifest.horizons),
      quantileLevels: JSON.stringify(manifest.quantiles),
      observedFeatures: featuresOf('observed'),
      knownFeatures: featuresOf('known'),
    },
  })
}
