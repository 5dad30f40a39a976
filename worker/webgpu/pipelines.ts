import { EngineError } from '../../sdk/errors.ts'
import type { Kernel } from './kernel.ts'

/**
 * Compiles kernels, all at once and without blocking.
 * @throws EngineError `SHADER_FAILED` naming the kernel
 */
export function compilePipelines(
  device: GPUDevice,
  kernels: readonly Kernel[],
  layout: GPUPipelineLayout,
): Promise<GPUComputePipeline[]> {
  return Promise.all(kernels.map(kernel => compile(device, kernel, layout)))
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
