import type { Manifest } from '../bundle/manifest.ts'
import type { EngineExplanation } from '../engine.ts'
import type { Explanation } from './forecast.ts'

/** Names what an engine explained of one window (batch of size 1). */
export function explainForecast(
  output: EngineExplanation,
  stepTimesMs: readonly number[],
  manifest: Pick<Manifest, 'features'>,
): Explanation {
  const steps = stepTimesMs.length
  const observed = manifest.features.filter(f => f.kind === 'observed').map(f => f.name)
  const known = manifest.features.filter(f => f.kind === 'known').map(f => f.name)
  return {
    stepTimesMs,
    attention: Array.from({ length: output.attention.length / steps }, (_, h) =>
      Array.from(output.attention.subarray(h * steps, (h + 1) * steps)),
    ),
    pastImportance: rankByMeanWeight(output.pastWeights, [...observed, ...known]),
    futureImportance: rankByMeanWeight(output.futureWeights, known),
  }
}

/** Mean over steps of weights `[steps, variables]`, largest first. */
function rankByMeanWeight(weights: Float32Array, features: readonly string[]): { feature: string; weight: number }[] {
  const V = features.length
  const steps = weights.length / V
  return features
    .map((feature, v) => {
      let sum = 0
      for (let s = 0; s < steps; s++) sum += weights[s * V + v]
      return { feature, weight: sum / steps }
    })
    .sort((a, b) => b.weight - a.weight)
}
