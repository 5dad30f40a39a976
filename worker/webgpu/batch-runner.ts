import type { NetworkShape } from '../../models/blocks.ts'
import type { EngineExplanation, EngineOutput, WindowBatch } from '../../sdk/engine.ts'
import { type DecoderRows, type HeaderField, headerWords, writeHeader } from './run-header.ts'
import type { Schedule } from './schedule.ts'
import type { Run, Session } from './session.ts'
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

/** How much room a batch of B windows needs. */
function sizeOf(schedule: Schedule, B: number, explain: boolean): WorkspaceSize {
  const { shape } = schedule.plan
  const rows = B * (shape.lookback + shape.horizons)
  return {
    inputWords: inputWordsOf(shape, B),
    stepQuads: rows * schedule.recordQuads.step,
    windowQuads: rows * schedule.recordQuads.window,
    resultFloats: total(partsOf(schedule, B, explain)),
  }
}

/** The header of a batch whose windows lie one after another. */
interface BatchLayout {
  readonly B: number
  readonly fields: Readonly<Record<HeaderField, number>>
  readonly decoder: DecoderRows
  readonly run: Run
}

function layOut(schedule: Schedule, B: number, explain: boolean): BatchLayout {
  const { shape } = schedule.plan
  const { lookback: L, horizons: H, observed } = shape
  const parts = partsOf(schedule, B, explain)
  const symbolsAt = headerWords(shape)
  const observedAt = symbolsAt + B
  const size = { windows: B, stepWindows: B, pastRows: L, futureRows: H }
  const fields = {
    ...size,
    firstWindow: 0,
    symbolsAt,
    symbolStride: 1,
    observedAt,
    knownAt: observedAt + B * L * observed,
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
  const inputWords = inputWordsOf(shape, B)
  const run = { size, inputWords, stages: ['step', 'window'], explain, resultFloats: total(parts) } as const
  return { B, fields, decoder: { steps: decoder, known: decoder }, run }
}

/** Forward passes of batches on one session. */
export class BatchRunner {
  readonly #session: Session
  readonly #workspace: Workspace
  /** What the workspace's header says: mostly the next batch is as large as the last. */
  #layout: BatchLayout | null = null

  constructor(session: Session) {
    this.#session = session
    this.#workspace = session.takeWorkspace()
  }

  /** Batches that do not fit into memory at once run in parts. */
  async forward(batch: WindowBatch, explain: boolean): Promise<EngineOutput> {
    if (explain) await this.#session.prepareExplaining()
    const { windows } = this.#session.most
    if (batch.size <= windows) return this.#forwardPart(batch, explain)
    const { shape } = this.#session.schedule.plan
    const parts: Promise<EngineOutput>[] = []
    for (let from = 0; from < batch.size; from += windows) {
      parts.push(this.#forwardPart(sliceBatch(batch, shape, from, Math.min(batch.size, from + windows)), explain))
    }
    return joinOutputs(await Promise.all(parts))
  }

  dispose(): void {
    this.#workspace.destroy()
  }

  async #forwardPart(batch: WindowBatch, explain: boolean): Promise<EngineOutput> {
    const { schedule, most } = this.#session
    if (!this.#isLaidOut(batch.size, explain)) {
      // room for the next power of two, so that growing batches do not allocate each time
      const room = Math.min(most.windows, 2 ** Math.ceil(Math.log2(batch.size)))
      const size = sizeOf(schedule, room, explain)
      if (!this.#workspace.fits(size)) await this.#grow(size)
    }
    // nothing waits from here to the submit, so calls at once do not get into each other's way
    if (!this.#isLaidOut(batch.size, explain)) {
      this.#layout = layOut(schedule, batch.size, explain)
      writeHeader(this.#workspace.words, this.#layout.fields, this.#layout.decoder)
    }
    const { fields, run } = this.#layout!
    const { words, floats } = this.#workspace
    words.set(batch.symbols, fields.symbolsAt)
    floats.set(batch.observed, fields.observedAt)
    floats.set(batch.known, fields.knownAt)
    const values = await this.#session.submit(this.#workspace, run)
    return outputOf(schedule, batch.size, values, explain)
  }

  async #grow(size: WorkspaceSize): Promise<void> {
    // the header goes with the old buffers at once, and with the new ones if these fail
    this.#layout = null
    try {
      await this.#session.fit(this.#workspace, size)
    } finally {
      this.#layout = null
    }
  }

  #isLaidOut(B: number, explain: boolean): boolean {
    return this.#layout?.B === B && this.#layout.run.explain === explain
  }
}

/** What was read back, part by part. */
function outputOf(schedule: Schedule, B: number, values: Float32Array, explain: boolean): EngineOutput {
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
function sliceBatch(batch: WindowBatch, shape: NetworkShape, from: number, to: number): WindowBatch {
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
function joinOutputs(outputs: readonly EngineOutput[]): EngineOutput {
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
