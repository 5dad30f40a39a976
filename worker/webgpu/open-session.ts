import { adapterFacts, int8Decode, type LimitNeed, requestAdapter, requiredLimits } from './adapter.ts'
import { quadsServe } from './choose-recurrence.ts'
import type { Kernel } from './kernel.ts'
import { generateKernels, type Tuning } from './kernels.ts'
import { PipelineCompiler } from './pipelines.ts'
import type { Schedule } from './schedule.ts'
import { type Program, Session } from './session.ts'
import { WeightPacker } from './weight-packer.ts'
import { BINDINGS } from './wgsl.ts'
import { withinGpuMemory } from './workspace.ts'

const STORAGE_COPY_DST = 128 | 8
const COMPUTE = 4

/**
 * A device with the network's weights and pipelines on it.
 * @param tuning decided otherwise than by the adapter
 * @throws EngineError `BACKEND_UNAVAILABLE`, `ADAPTER_LIMIT`, `SHADER_FAILED`, `OUT_OF_MEMORY`
 */
export async function openSession(schedule: Schedule, tuning: Partial<Tuning>): Promise<Session> {
  const adapter = await requestAdapter()
  const facts = adapterFacts(adapter)
  const { limits } = adapter
  const decided: Tuning = {
    tiles: facts.isFallback ? 'software' : 'hardware',
    decode: int8Decode(facts),
    recurrence: 'units',
    ...tuning,
  }
  const pack = new WeightPacker(decided.decode)
  const generate = (o: { recurrence: Tuning['recurrence']; explain: boolean }) =>
    generateKernels({ ...decided, ...o, schedule, pack, limits })
  const kernels = generate({ recurrence: decided.recurrence, explain: false })
  // a choice only where it can be made, and where time is measured on a GPU
  const hasQuads = adapter.features.has('subgroups') && fitsQuads(schedule, limits.maxComputeInvocationsPerWorkgroup)
  const alternative =
    hasQuads && !facts.isFallback && tuning.recurrence === undefined
      ? generate({ recurrence: 'quads', explain: false })
      : null
  const tables = [pack.matrices(), pack.vectors()]

  const device = await adapter.requestDevice({
    requiredFeatures: hasQuads ? ['subgroups'] : [],
    requiredLimits: requiredLimits(adapter, needsOf(schedule, [...kernels, ...(alternative ?? [])], tables)),
  })
  try {
    const layout = device.createBindGroupLayout({
      entries: BINDINGS.map((type, binding) => ({ binding, visibility: COMPUTE, buffer: { type } })),
    })
    const compiler = new PipelineCompiler(device, device.createPipelineLayout({ bindGroupLayouts: [layout] }))
    const weights = await withinGpuMemory(device, 'the weights', () => tables.map(table => upload(device, table)))
    const compile = async (generated: readonly Kernel[]): Promise<Program> => ({
      kernels: generated,
      pipelines: await compiler.compile(generated),
    })
    const sessionOf = (program: Program, recurrence: Tuning['recurrence']) =>
      new Session({
        facts,
        device,
        schedule,
        program,
        // weights are packed already, so these kernels find them where the others do
        compileExplaining: () => compile(generate({ recurrence, explain: true })),
        layout,
        weights,
        uses: [...(pack.nextTile > 0 ? ['int8-weights'] : []), ...(recurrence === 'quads' ? ['subgroups'] : [])],
      })
    const [program, quads] = await Promise.all([
      compile(kernels),
      // only an alternative: a driver that refuses it runs the other form
      alternative && compile(alternative).catch(() => null),
    ])
    const session = sessionOf(program, decided.recurrence)
    if (!quads) return session
    const other = sessionOf(quads, 'quads')
    return (await quadsServe(session, other)) ? other : session
  } catch (error) {
    device.destroy()
    throw error
  }
}

/** Whether the plan has LSTMs, all narrow enough for four invocations a unit. */
function fitsQuads({ plan }: Schedule, maxInvocations: number): boolean {
  const widths = plan.operations.filter(op => op.kind === 'lstm').map(op => op.width)
  return widths.length > 0 && widths.every(width => 4 * width <= maxInvocations)
}

function upload(device: GPUDevice, table: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): GPUBuffer {
  const buffer = device.createBuffer({ size: table.byteLength, usage: STORAGE_COPY_DST })
  device.queue.writeBuffer(buffer, 0, table)
  return buffer
}

function needsOf(
  schedule: Schedule,
  kernels: readonly Kernel[],
  tables: readonly { byteLength: number }[],
): LimitNeed[] {
  const { lookback, horizons } = schedule.plan.shape
  const buffer = (block: string, bytes: number): LimitNeed[] => [
    { block, limit: 'maxStorageBufferBindingSize', needed: bytes },
    { block, limit: 'maxBufferSize', needed: bytes },
  ]
  return [
    { block: 'every kernel', limit: 'maxStorageBuffersPerShaderStage', needed: BINDINGS.length },
    ...kernels.flatMap(({ name, invocations, workgroupBytes }): LimitNeed[] => [
      { block: name, limit: 'maxComputeInvocationsPerWorkgroup', needed: invocations },
      { block: name, limit: 'maxComputeWorkgroupSizeX', needed: invocations },
      { block: name, limit: 'maxComputeWorkgroupStorageSize', needed: workgroupBytes },
    ]),
    ...buffer('the int8 matrices', tables[0].byteLength),
    ...buffer('the float32 weights', tables[1].byteLength),
    ...buffer("a window's activations by step", 16 * schedule.recordQuads.step * (lookback + horizons)),
    ...buffer("a window's activations", 16 * schedule.recordQuads.window * (lookback + horizons)),
  ]
}
