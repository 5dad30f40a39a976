import type { Engine, WindowBatch } from '../../../../sdk/engine.ts'
import type { Subject } from '../subjects.ts'

/** One of the runtimes that are compared. */
export interface Contender {
  /** What can be prepared by whoever publishes a model, and costs its user nothing. */
  prepare?(subject: Subject): Uint8Array
  open(subject: Subject, prepared: Uint8Array | undefined): Promise<OpenContender>
}

export interface OpenContender {
  /** What of a forward pass can be made beforehand is; what returns is to be timed. */
  forward(batch: WindowBatch): () => Promise<Float32Array>
  /** Ours, and tfjs in our interface. */
  readonly engine?: Engine
  /** Of the weights in GPU memory, where it can be told. */
  readonly gpuWeightBytes?: number
  dispose(): Promise<void>
}

export const ofEngine = (engine: Engine): OpenContender => ({
  engine,
  forward: batch => async () => (await engine.forward(batch)).quantiles,
  dispose: () => engine.dispose(),
})
