import type { Kernel } from './kernel.ts'
import { lstmKernel } from './lstm.ts'
import { mlpKernel } from './mlp.ts'
import { BY_QUADS, BY_UNITS } from './recurrence.ts'
import { rowsKernel } from './rows-kernel.ts'
import type { Dispatch, Schedule } from './schedule.ts'
import type { TileShape } from './tile.ts'
import type { Int8Decode, WeightPacker } from './weight-packer.ts'

/** What is decided for an adapter. */
export interface Tuning {
  readonly tiles: keyof typeof SHAPES
  readonly decode: Int8Decode
  /** `quads` needs the feature `subgroups`, and at most a quarter as many units as a workgroup has invocations. */
  readonly recurrence: 'units' | 'quads'
}

export interface KernelOptions extends Tuning {
  readonly schedule: Schedule
  readonly pack: WeightPacker
  readonly explain: boolean
  readonly limits: {
    readonly maxComputeWorkgroupStorageSize: number
    readonly maxComputeInvocationsPerWorkgroup: number
  }
}

type Tuned = 'selection' | 'rows' | 'attention' | 'mlp'

/**
 * Tiles by kind of kernel. A software adapter has few cores and no use for more invocations than rows: each takes several
 * rows, to decode a weight once for all of them. A GPU wants many invocations, so groups divide each row's columns.
 */
const SHAPES: Record<'software' | 'hardware', Record<Tuned, TileShape>> = {
  software: {
    selection: { lanes: 4, rowsPerLane: 2, groups: 3 },
    rows: { lanes: 4, rowsPerLane: 2, groups: 1 },
    attention: { lanes: 4, rowsPerLane: 1, groups: 1 },
    mlp: { lanes: 4, rowsPerLane: 2, groups: 1 },
  },
  hardware: {
    selection: { lanes: 8, rowsPerLane: 1, groups: 8 },
    rows: { lanes: 8, rowsPerLane: 1, groups: 8 },
    attention: { lanes: 8, rowsPerLane: 1, groups: 8 },
    mlp: { lanes: 8, rowsPerLane: 1, groups: 8 },
  },
}

/** SwiftShader compiles the clearing of workgroup memory word by word: 20 kB take seconds. Private memory serves it as well. */
const SOFTWARE_WORKGROUP_BYTES = 8192

/** A kernel per dispatch. @throws EngineError `ADAPTER_LIMIT` */
export const generateKernels = (o: KernelOptions): Kernel[] =>
  o.schedule.dispatches.map(dispatch => generateKernel(o, dispatch))

function generateKernel(o: KernelOptions, dispatch: Dispatch): Kernel {
  const { schedule, pack, decode, explain, limits } = o
  switch (dispatch.kind) {
    case 'lstm': {
      const recurrence = o.recurrence === 'quads' ? BY_QUADS : BY_UNITS
      const maxInvocations = limits.maxComputeInvocationsPerWorkgroup
      return lstmKernel({ schedule, dispatch, pack, decode, recurrence, maxInvocations })
    }
    case 'mlp':
      return withinMemory(o, 'mlp', shape => mlpKernel({ schedule, dispatch, pack, decode, shape }))
    case 'rows': {
      const has = (kind: string) => dispatch.tasks.some(task => task.kind === kind)
      const kind = has('selection') ? 'selection' : has('attention') ? 'attention' : 'rows'
      return withinMemory(o, kind, shape => rowsKernel({ schedule, dispatch, pack, decode, shape, explain }))
    }
  }
}

/** The kernel with the tuned tile, or a smaller one where the network is too wide for workgroup memory. */
function withinMemory(o: KernelOptions, kind: Tuned, generate: (shape: TileShape) => Kernel): Kernel {
  const isSoftware = o.tiles === 'software'
  const most = isSoftware ? SOFTWARE_WORKGROUP_BYTES : o.limits.maxComputeWorkgroupStorageSize
  let shape = SHAPES[o.tiles][kind]
  for (;;) {
    const kernel = generate(shape)
    if (kernel.workgroupBytes <= most) return kernel
    shape = isSoftware ? { ...shape, groups: 1 } : smaller(shape)
  }
}

/** With one group there is no workgroup memory left to save. */
function smaller({ lanes, rowsPerLane, groups }: TileShape): TileShape {
  if (rowsPerLane > 1) return { lanes, rowsPerLane: rowsPerLane >> 1, groups }
  if (lanes > 1) return { lanes: lanes >> 1, rowsPerLane, groups }
  return { lanes: 4, rowsPerLane, groups: 1 }
}
