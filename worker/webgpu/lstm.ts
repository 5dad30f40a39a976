import { EngineError } from '../../sdk/errors.ts'
import { unitOrder } from './column-order.ts'
import type { Kernel } from './kernel.ts'
import type { Recurrence } from './recurrence.ts'
import { run, stepRowFunction } from './run-header.ts'
import type { Dispatch, RecurrenceTask, Schedule } from './schedule.ts'
import type { Int8Decode, WeightPacker } from './weight-packer.ts'
import { prelude, quadsOf, range } from './wgsl.ts'

export interface LstmKernelOptions {
  readonly schedule: Schedule
  readonly dispatch: Extract<Dispatch, { kind: 'lstm' }>
  readonly pack: WeightPacker
  readonly decode: Int8Decode
  readonly recurrence: Recurrence
  readonly maxInvocations: number
}

/** LSTM layers that continue each other's state: a workgroup a window, one barrier a step. */
export function lstmKernel(o: LstmKernelOptions): Kernel {
  const { schedule, dispatch, pack, decode, recurrence, maxInvocations } = o
  const { chain } = dispatch
  const { width: D, initial } = chain[0].operation
  const name = chain.map(task => task.name).join(' + ')
  const invocations = D * recurrence.lanes
  if (invocations > maxInvocations) {
    throw new EngineError(
      'ADAPTER_LIMIT',
      `LSTM '${name}' has ${D} units, but this adapter runs at most ${maxInvocations} invocations in a workgroup (maxComputeInvocationsPerWorkgroup). Use the engine 'wasm'.`,
      { block: name, limit: 'maxComputeInvocationsPerWorkgroup', needed: invocations, available: maxInvocations },
    )
  }
  if (initial.kind !== 'symbol') throw new Error(`The chain '${name}' does not begin with a state of its own.`)
  const [hidden, cell] = [initial.hidden, initial.cell].map(vectors => {
    const { base, stride } = pack.once(vectors, 'symbols', () => pack.symbolVectors(vectors))
    return `vectors[${base}u + symbol * ${stride}u + unit / 4u][unit % 4u]`
  })
  const quads = quadsOf(D)
  return {
    name,
    workgroupBytes: 2 * quads * 16,
    invocations,
    rows: 1,
    workgroups: ({ windows }) => windows,
    code: `${recurrence.enable}${prelude(decode, 'f32')}${stepRowFunction(schedule.plan.shape)}
var<workgroup> even: array<f32, ${4 * quads}>;
var<workgroup> odd: array<f32, ${4 * quads}>;

@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
let unit = local / ${recurrence.lanes}u;
let gate = local % ${recurrence.lanes}u;
let window = workgroup.x;
let symbol = inputs[${run('symbolsAt')} + window * ${run('symbolStride')}];
if (gate == 0u) { even[unit] = ${hidden}; }
var cell = ${cell};
workgroupBarrier();
for (var part = 0u; part < ${chain.length}u; part++) {
${partCode(o, quads)}}
}
`,
  }
}

/** One layer of the chain: numbers that differ between the layers are picked by `part`. */
function partCode({ schedule, dispatch: { chain }, pack, recurrence }: LstmKernelOptions, quads: number): string {
  const packed = chain.map(({ operation: { recurrent: matrix, width } }) =>
    pack.once(matrix, 'units', () => pack.matrix(matrix, unitOrder(width))),
  )
  const pick = (values: readonly number[]) =>
    values.every(v => v === values[0])
      ? `${values[0]}u`
      : `array<u32, ${values.length}>(${values.map(v => `${v}u`).join(', ')})[part]`
  const weights = { int8: packed[0].int8, quads }
  const { lookback, horizons } = schedule.plan.shape
  const place = `((window * ${lookback + horizons}u + t) * ${schedule.recordQuads.window}u + outPlace) * 4u + unit`
  const step = (from: string, to: string) => `{
${recurrence.step(weights, from, 'gates')}
if (gate == 0u) {
${to}[unit] = hidden;
windows[${place}] = hidden;
}
workgroupBarrier();
}`
  const gates = `let gates = ${gatesCode(schedule, chain)};`
  return `let begin = ${pick(chain.map(task => task.out.from))};
let end = ${pick(chain.map(task => task.out.to))};
let inPlace = ${pick(chain.map(task => schedule.places.get(task.in.sequence)!))};
let outPlace = ${pick(chain.map(task => schedule.places.get(task.out.sequence)!))};
let unitTiles = ${pick(packed.map(m => m.base))} + unit * ${weights.int8 ? quads : 4 * quads}u;
${weights.int8 ? `let scale = vectors[${pick(packed.map(m => m.scales))} + unit];` : ''}
${recurrence.load(weights)}
for (var t = begin; t < end; t++) {
{ ${gates} ${step('even', 'odd')} }
t++;
if (t >= end) {
if (gate == 0u) { even[unit] = odd[unit]; }
workgroupBarrier();
break;
}
{ ${gates} ${step('odd', 'even')} }
}
`
}

/** The projected input of this unit's gates at step `t`. */
function gatesCode({ plan: { shape }, recordQuads }: Schedule, chain: readonly RecurrenceTask[]): string {
  const stages = chain.map(task => task.in.sequence.stage)
  const stepGates = `steps[stepRow(window, t) * ${recordQuads.step}u + inPlace + unit]`
  const at = `((window * ${shape.lookback + shape.horizons}u + t) * ${recordQuads.window}u + inPlace + unit) * 4u`
  const windowGates = `vec4f(${range(4)
    .map(c => `windows[${at} + ${c}u]`)
    .join(', ')})`
  if (stages.every(stage => stage === 'step')) return stepGates
  if (stages.every(stage => stage === 'window')) return windowGates
  const isStep = stages.map(stage => `${stage === 'step'}`).join(', ')
  return `select(${windowGates}, ${stepGates}, array<bool, ${stages.length}>(${isStep})[part])`
}
