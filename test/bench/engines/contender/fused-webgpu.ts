import { type Contender, ofEngine } from './contender.ts'

/** Our kernels on the GPU. */
export const fusedWebgpu: Contender = {
  async open({ network, weights }) {
    const { createWebgpuEngine } = await import('../../../../worker/webgpu/webgpu-engine.ts')
    const engine = await createWebgpuEngine({ network, weights })
    return { ...ofEngine(engine), gpuWeightBytes: engine.gpuWeightBytes }
  },
}
