import type { Network } from './blocks.ts'

/** Everything that fixes a multilayer perceptron for quantile forecasts. It stands in a bundle's manifest as it is. */
export interface MlpSpec {
  readonly kind: 'mlp'
  /** Past steps; their observed and known inputs are all joined. */
  readonly lookback: number
  readonly horizons: number
  /** Odd; the middle one is the median. */
  readonly quantiles: number
  readonly observed: number
  readonly known: number
  /** How many symbols share the network; it sees no difference between them. */
  readonly symbols: number
  /** Widths of the hidden layers. */
  readonly layers: readonly number[]
  /** One factor in (0, 1] per horizon; see the quantile head. */
  readonly shapeMobility?: readonly number[]
}

/**
 * A multilayer perceptron on the whole window, with the monotone quantile head: the smallest network that forecasts
 * quantiles of returns well where the features carry the information.
 * @see Elfwing, Uchibe, Doya: Sigmoid-weighted linear units, Neural Networks 107 (2018), arXiv 1702.03118
 */
export function multilayerPerceptron(spec: MlpSpec): Network {
  const { lookback: L, horizons: H, quantiles, observed, known, symbols, layers, shapeMobility } = spec
  const inputWidth = L * observed + (L + H) * known
  return {
    shape: { lookback: L, horizons: H, quantiles, observed, known, symbols },
    blocks: [
      { block: 'flatten', name: 'window', inputs: ['observed', 'known'] },
      { block: 'mlp', name: 'body', input: 'window', inputWidth, layers },
      {
        block: 'windowQuantileHead',
        name: 'head',
        input: 'body',
        inputWidth: layers.at(-1) ?? inputWidth,
        skip: 'window',
        skipWidth: inputWidth,
        horizons: H,
        quantiles,
        ...(shapeMobility ? { shapeMobility } : {}),
      },
    ],
    outputs: { quantiles: 'head' },
  }
}
