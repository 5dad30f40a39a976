import { isMatrix, networkParameters, type ParameterSpec } from '../../models/blocks.ts'
import { buildNetwork } from '../../models/network.ts'
import { encodeGolden } from '../../sdk/bundle/golden.ts'
import { FORMAT_VERSION, type Manifest } from '../../sdk/bundle/manifest.ts'
import { decodeWeights, encodeWeights } from '../../sdk/bundle/weights.ts'
import type { Weights } from '../../sdk/engine.ts'
import { meanPinball } from '../../sdk/forecast/quantile-metrics.ts'
import { createTfjsEngine } from '../../worker/tfjs/tfjs-engine.ts'
import type { RunConfig } from '../config/run-config.ts'
import { calibrate } from './calibrate.ts'
import { type Dataset, takeSample } from './dataset.ts'
import { predictWindows } from './predict-windows.ts'
import type { TrainedModel } from './train-network.ts'

/** Everything of a bundle but its evaluation, which needs the bundle. */
export interface BundleDraft {
  readonly manifest: Omit<Manifest, 'files'>
  /** weights.safetensors */
  readonly weights: Uint8Array
  /** golden.safetensors */
  readonly golden: Uint8Array
}

export interface DraftOptions {
  readonly model: TrainedModel
  /** Null for a model that was trained on outcomes directly. */
  readonly teacher: TrainedModel | null
  readonly exchange: string
  readonly simulated: boolean
  readonly dataSha256: string
  /** What trained. */
  readonly backend: string
  readonly createdAtMs: number
}

const GOLDEN_WINDOWS = 8
const GOLDEN_TOLERANCE = 1e-3
/** Neighbouring hours share most of their outcome: more rows would add time, not certainty. */
const CALIBRATION_ROWS = 12_000
/** Enough to tell a loss ratio to about a ten-thousandth; the whole test set would take as long as a training epoch. */
const QUANTISATION_ROWS = 4096

/**
 * Quantises a trained network, calibrates what was quantised, and computes the golden windows with the reference engine.
 * Matrices become int8; vectors and the head, which is small and decides the outputs directly, stay float32.
 */
export async function draftBundle(dataset: Dataset, config: RunConfig, options: DraftOptions): Promise<BundleDraft> {
  const { model } = options
  const network = buildNetwork(model.spec)
  const head = network.outputs.quantiles
  const parameters = networkParameters(network)
  const inInt8 = (spec: ParameterSpec) => isMatrix(spec) && !spec.name.startsWith(`${head}.`)
  const quantisation = {
    int8: parameters.filter(inInt8).map(p => p.name),
    float32: parameters.filter(p => !inInt8(p)).map(p => p.name),
  }
  const weights = encodeWeights(model.weights, quantisation)
  const served = decodeWeights(weights, { quantisation }, network)

  const engine = await createTfjsEngine({ network, weights: served, backend: 'wasm' })
  try {
    const onCalibration = await predictWindows(engine, dataset, dataset.calibration, CALIBRATION_ROWS)
    const goldenBatch = takeSample(
      dataset,
      dataset.calibration,
      spread(dataset.calibration.length, GOLDEN_WINDOWS),
    ).batch
    const golden = { batch: goldenBatch, quantiles: (await engine.forward(goldenBatch)).quantiles }
    const onTest = await predictWindows(engine, dataset, dataset.test, QUANTISATION_ROWS)
    const manifest: BundleDraft['manifest'] = {
      formatVersion: FORMAT_VERSION,
      name: config.name,
      version: config.version,
      createdAtMs: options.createdAtMs,
      teacher: options.teacher && { network: options.teacher.spec, parameters: options.teacher.parameters },
      network: model.spec,
      parameters: model.parameters,
      timeframe: dataset.timeframe,
      symbols: [...dataset.symbols],
      features: [...dataset.features],
      ...(dataset.featureSet.market && { market: dataset.featureSet.market }),
      ...(dataset.featureSet.profile && { profile: dataset.featureSet.profile }),
      horizons: [...dataset.horizons],
      quantiles: [...dataset.levels],
      quantisation: {
        ...quantisation,
        lossRatio: meanLoss(dataset, onTest) / (await float32Loss(dataset, model.spec, model.weights)),
      },
      ...calibrate(dataset, onCalibration),
      golden: { file: 'golden.safetensors', windows: GOLDEN_WINDOWS, tolerance: GOLDEN_TOLERANCE },
      training: {
        exchange: options.exchange,
        simulated: options.simulated,
        symbols: [...dataset.symbols],
        period: dataset.split.train,
        dataSha256: options.dataSha256,
        windows: dataset.train.length,
        seed: config.seed,
        backend: options.backend,
        seconds: Math.round(model.seconds + (options.teacher?.seconds ?? 0)),
      },
      evaluation: { period: dataset.split.test, horizons: [] },
    }
    return { manifest, weights, golden: encodeGolden(golden, network) }
  } finally {
    await engine.dispose()
  }
}

async function float32Loss(dataset: Dataset, spec: TrainedModel['spec'], weights: Weights): Promise<number> {
  const engine = await createTfjsEngine({ network: buildNetwork(spec), weights, backend: 'wasm' })
  try {
    return meanLoss(dataset, await predictWindows(engine, dataset, dataset.test, QUANTISATION_ROWS))
  } finally {
    await engine.dispose()
  }
}

/** Pinball loss relative to the EWMA baseline's on training data, mean over horizons. */
function meanLoss(dataset: Dataset, { quantiles, outcomes }: { quantiles: Float32Array; outcomes: Float32Array }) {
  const losses = meanPinball(quantiles, outcomes, dataset.levels, dataset.horizons.length)
  return losses.reduce((sum, loss, h) => sum + loss * dataset.horizonWeights[h], 0) / losses.length
}

/** `count` rows evenly spread over `length`. */
const spread = (length: number, count: number) =>
  Int32Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * length) / count))
