import { networkToOnnx } from '../../../../trainer/onnx/export-onnx.ts'
import { onnxFeeds } from '../../../fixtures/onnx.ts'
import { IN_NODE } from '../surroundings.ts'
import type { Contender } from './contender.ts'

export interface OnnxOptions {
  readonly provider: 'wasm' | 'webgpu'
  readonly threads: number
}

/** onnxruntime-web on the folded graph: our own plan, written as ONNX. */
export const onnx = ({ provider, threads }: OnnxOptions): Contender => ({
  prepare: ({ network, weights }) => networkToOnnx({ network, weights, name: 'bench' }),

  async open({ network }, model) {
    const ort = await importRuntime(provider)
    ort.env.wasm.numThreads = threads
    ort.env.logLevel = 'error'
    const session = await ort.InferenceSession.create(model!, { executionProviders: [provider] })
    return {
      forward(batch) {
        const feeds = onnxFeeds(ort, network.shape, batch)
        return async () => (await session.run(feeds, ['quantiles'])).quantiles!.data as Float32Array
      },
      dispose: () => session.release(),
    }
  },
})

function importRuntime(provider: 'wasm' | 'webgpu') {
  if (IN_NODE) return import('onnxruntime-web')
  return provider === 'webgpu' ? import('onnxruntime-web/webgpu') : import('onnxruntime-web/wasm')
}
