import type { NetworkShape } from '../../models/blocks.ts'
import type { EngineExplanation, EngineOutput, WindowBatch } from '../../sdk/engine.ts'
import { type HeaderField, headerWords, writeHeader } from './run-header.ts'
import type { Schedule } from './schedule.ts'
import type { Run } from './session.ts'
import type { Workspace, WorkspaceSize } from './workspace.ts'

/** Parts of `results`, one after another. */
interface ResultParts {
  readonly quantiles: number
  readonly attention: number
  readonly pastWeights: number
  readonly futureWeights: number
}

/** How many values of each part a batch of B windows has. */
function partsOf({ plan }: Schedule, B: number, explain: boolean): ResultParts {
  const { lookback: L, horizons: H, quantiles: Q } = plan.shape
  const { attention, past, future } = plan.explained
  return {
    quantiles: B * H * Q,
    attention: explain && attention ? B * attention.queries * (L + H) : 0,
    pastWeights: explain && past ? B * L * past.inputs.length : 0,
    futureWeights: explain && future ? B * H * future.inputs.length : 0,
  }
}

const total = (parts: ResultParts) => parts.quantiles + parts.attention + parts.pastWeights + parts.futureWeights

const inputWordsOf = (shape: NetworkShape, B: number): number => {
  const { lookback: L, horizons: H, observed, known } = shape
  return headerWords(shape) + B * (1 + L * observed + (L + H) * known)
}

export function batchSize(schedule: Schedule, B: number, explain: boolean): WorkspaceSize {
  const { shape } = schedule.plan
  const rows = B * (shape.lookback + shape.horizons)
  return {
    inputWords: inputWordsOf(shape, B),
    stepQuads: rows * schedule.recordQuads.step,
    windowQuads: rows * schedule.recordQuads.window,
    resultFloats: total(partsOf(schedule, B, explain)),
  }
}

/** Lays the windows out one after another. */
export function writeBatch(schedule: Schedule, workspace: Workspace, batch: WindowBatch, explain: boolean): Run {
  const { shape } = schedule.plan
  const { lookback: L, horizons: H, observed } = shape
  const B = batch.size
  const parts = partsOf(schedule, B, explain)
  const symbolsAt = headerWords(shape)
  const observedAt = symbolsAt + B
  const knownAt = observedAt + B * L * observed
  const fields: Record<HeaderField, number> = {
    windows: B,
    firstWindow: 0,
    stepWindows: B,
    pastRows: L,
    futureRows: H,
    symbolsAt,
    symbolStride: 1,
    observedAt,
    knownAt,
    observedStride: L,
    knownStride: L + H,
    stepStride: L + H,
    knownFuture: L,
    pastStart: 0,
    futureStart: L,
    attentionAt: parts.quantiles,
    pastWeightsAt: parts.quantiles + parts.attention,
    futureWeightsAt: parts.quantiles + parts.attention + parts.pastWeights,
  }
  const decoder = Array.from({ length: H }, (_, k) => L + k)
  writeHeader(workspace.words, fields, { steps: decoder, known: decoder })
  workspace.words.set(batch.symbols, symbolsAt)
  workspace.floats.set(batch.observed, observedAt)
  workspace.floats.set(batch.known, knownAt)
  return {
    size: { windows: B, stepWindows: B, pastRows: L, futureRows: H },
    inputWords: inputWordsOf(shape, B),
    stages: ['step', 'window'],
    explain,
    resultFloats: total(parts),
  }
}

/** What was read back, part by part. */
export function outputOf(schedule: Schedule, B: number, values: Float32Array, explain: boolean): EngineOutput {
  const parts = partsOf(schedule, B, explain)
  let at = 0
  const next = (length: number) => {
    at += length
    return values.subarray(at - length, at)
  }
  const quantiles = next(parts.quantiles)
  if (parts.attention === 0) return { quantiles }
  const explanation: EngineExplanation = {
    attention: next(parts.attention),
    pastWeights: next(parts.pastWeights),
    futureWeights: next(parts.futureWeights),
  }
  return { quantiles, explanation }
}

/** The windows `from … to` of a batch. */
export function sliceBatch(batch: WindowBatch, shape: NetworkShape, from: number, to: number): WindowBatch {
  const observed = shape.lookback * shape.observed
  const known = (shape.lookback + shape.horizons) * shape.known
  return {
    size: to - from,
    observed: batch.observed.subarray(from * observed, to * observed),
    known: batch.known.subarray(from * known, to * known),
    symbols: batch.symbols.subarray(from, to),
  }
}

/** Outputs of neighbouring batches as one. */
export function joinOutputs(outputs: readonly EngineOutput[]): EngineOutput {
  if (outputs.length === 1) return outputs[0]
  const join = (parts: readonly Float32Array[]) => {
    const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      joined.set(part, at)
      at += part.length
    }
    return joined
  }
  const quantiles = join(outputs.map(o => o.quantiles))
  const explanations = outputs.map(o => o.explanation).filter(e => e !== undefined)
  if (explanations.length === 0) return { quantiles }
  return {
    quantiles,
    explanation: {
      attention: join(explanations.map(e => e.attention)),
      pastWeights: join(explanations.map(e => e.pastWeights)),
      futureWeights: join(explanations.map(e => e.futureWeights)),
    },
  }
}
