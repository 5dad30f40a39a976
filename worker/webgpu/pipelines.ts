import { EngineError } from '../../sdk/errors.ts'
import type { Kernel } from './kernel.ts'

/** Compiles kernels on one device, each code once. */
export class PipelineCompiler {
  readonly #device: GPUDevice
  readonly #layout: GPUPipelineLayout
  readonly #byCode = new Map<string, Promise<GPUComputePipeline>>()

  constructor(device: GPUDevice, layout: GPUPipelineLayout) {
    this.#device = device
    this.#layout = layout
  }

  /**
   * All at once and without blocking.
   * @throws EngineError `SHADER_FAILED` naming the kernel
   */
  compile(kernels: readonly Kernel[]): Promise<GPUComputePipeline[]> {
    return Promise.all(
      kernels.map(kernel => {
        const pipeline = this.#byCode.get(kernel.code) ?? compile(this.#device, kernel, this.#layout)
        this.#byCode.set(kernel.code, pipeline)
        // so that a later call tries again
        pipeline.catch(() => this.#byCode.delete(kernel.code))
        return pipeline
      }),
    )
  }
}

async function compile(device: GPUDevice, kernel: Kernel, layout: GPUPipelineLayout): Promise<GPUComputePipeline> {
  device.pushErrorScope('validation')
  const module = device.createShaderModule({ label: kernel.name, code: kernel.code })
  const invalid = device.popErrorScope()
  try {
    return await device.createComputePipelineAsync({
      label: kernel.name,
      layout,
      compute: { module, entryPoint: 'main' },
    })
  } catch (error) {
    const { messages } = await module.getCompilationInfo()
    const first = messages.find(message => message.type === 'error')
    const reason = first
      ? `line ${first.lineNum}: ${first.message}`
      : error instanceof Error
        ? error.message
        : String(error)
    throw new EngineError(
      'SHADER_FAILED',
      `The kernel '${kernel.name}' does not compile here (${reason}). Use the engine 'wasm', and report this with the adapter's name.`,
      { block: kernel.name, reason },
    )
  } finally {
    await invalid
  }
}
