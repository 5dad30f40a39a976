import type { Block, GateAddNormBlock, Network } from './blocks.ts'

/** Everything that fixes a Temporal Fusion Transformer. It stands in a bundle's manifest as it is. */
export interface TftSpec {
  readonly kind: 'tft'
  /** Past steps. */
  readonly lookback: number
  /** Decoder steps: one per forecast horizon. */
  readonly horizons: number
  readonly quantiles: number
  readonly observed: number
  readonly known: number
  readonly symbols: number
  readonly hidden: number
  /** Must divide `hidden`. */
  readonly heads: number
  readonly head: 'linear' | 'monotone'
  /** One factor in (0, 1] per horizon; see the quantile head. */
  readonly shapeMobility?: readonly number[]
}

/**
 * The Temporal Fusion Transformer for quantile forecasts.
 *
 * One static variable (the symbol), `observed` past inputs and `known` inputs that also reach into the future.
 * @see Lim, Arık, Loeff, Pfister: Temporal Fusion Transformers for Interpretable Multi-horizon Time Series Forecasting,
 *   International Journal of Forecasting 37 (2021), arXiv 1912.09363
 */
export function temporalFusionTransformer(spec: TftSpec): Network {
  const { lookback: L, horizons: H, hidden: D, observed, known } = spec
  const width = { inputWidth: D, hiddenWidth: D, width: D }
  const context = (name: string): Block => ({
    block: 'gatedResidual',
    name: `context.${name}`,
    input: 'static',
    ...width,
  })
  const gate = (name: string, input: string, skip: string): GateAddNormBlock => ({
    block: 'gateAddNorm',
    name,
    input,
    skip,
    inputWidth: D,
    width: D,
  })

  const blocks: Block[] = [
    // static covariates: who is being forecast
    { block: 'embedding', name: 'symbolEmbedding', input: 'symbols', classes: spec.symbols, width: D },
    { block: 'variableSelection', name: 'static', input: 'symbolEmbedding', variables: 1, width: D },
    context('selection'),
    context('enrichment'),
    context('hidden'),
    context('cell'),

    // what matters at each step, past and future
    { block: 'variableEmbedding', name: 'observedEmbedding', input: 'observed', variables: observed, width: D },
    { block: 'variableEmbedding', name: 'knownEmbedding', input: 'known', variables: known, width: D },
    { block: 'slice', name: 'knownPast', input: 'knownEmbedding', from: 0, to: L },
    { block: 'slice', name: 'knownFuture', input: 'knownEmbedding', from: L, to: L + H },
    { block: 'concat', name: 'pastVariables', inputs: ['observedEmbedding', 'knownPast'], axis: 'variable' },
    {
      block: 'variableSelection',
      name: 'past',
      input: 'pastVariables',
      context: 'context.selection',
      variables: observed + known,
      width: D,
    },
    {
      block: 'variableSelection',
      name: 'future',
      input: 'knownFuture',
      context: 'context.selection',
      variables: known,
      width: D,
    },

    // locality: sequence-to-sequence LSTM
    {
      block: 'lstm',
      name: 'encoder',
      input: 'past',
      initialHidden: 'context.hidden',
      initialCell: 'context.cell',
      inputWidth: D,
      width: D,
    },
    {
      block: 'lstm',
      name: 'decoder',
      input: 'future',
      initialHidden: 'encoder.hidden',
      initialCell: 'encoder.cell',
      inputWidth: D,
      width: D,
    },
    { block: 'concat', name: 'sequence', inputs: ['encoder', 'decoder'], axis: 'time' },
    { block: 'concat', name: 'selected', inputs: ['past', 'future'], axis: 'time' },
    gate('temporal', 'sequence', 'selected'),

    // long-range: static enrichment and attention over everything before
    {
      block: 'gatedResidual',
      name: 'enriched',
      input: 'temporal',
      context: 'context.enrichment',
      contextWidth: D,
      ...width,
    },
    { block: 'attention', name: 'attention', input: 'enriched', width: D, heads: spec.heads, queries: H },
    { block: 'slice', name: 'enrichedFuture', input: 'enriched', from: L, to: L + H },
    { block: 'slice', name: 'temporalFuture', input: 'temporal', from: L, to: L + H },
    gate('attended', 'attention', 'enrichedFuture'),
    { block: 'gatedResidual', name: 'feedForward', input: 'attended', ...width },
    { ...gate('decoded', 'feedForward', 'temporalFuture'), dropout: false },
    {
      block: 'quantileHead',
      name: 'head',
      input: 'decoded',
      inputWidth: D,
      horizons: H,
      quantiles: spec.quantiles,
      form: spec.head,
      ...(spec.shapeMobility ? { shapeMobility: spec.shapeMobility } : {}),
    },
  ]
  return {
    shape: {
      lookback: L,
      horizons: H,
      quantiles: spec.quantiles,
      observed,
      known,
      symbols: spec.symbols,
    },
    blocks,
    outputs: {
      quantiles: 'head',
      attention: 'attention.weights',
      pastWeights: 'past.weights',
      futureWeights: 'future.weights',
    },
  }
}
