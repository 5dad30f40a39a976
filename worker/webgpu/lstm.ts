import { EngineError } from '../../sdk/errors.ts'
import type { Kernel } from './kernel.ts'
import { run, stepRowFunction } from './run-header.ts'
import { type Dispatch, quadsOf, type RecurrenceTask, type Schedule, unitOrder } from './schedule.ts'
import type { Int8Decode, WeightPacker } from './weight-packer.ts'
import { prelude, range } from './wgsl.ts'

/** Up to this width a unit's recurrent weights stay in registers over all steps; beyond, they are read at every step. */
const WIDEST_IN_REGISTERS = 64

export interface LstmKernelOptions {
  readonly schedule: Schedule
  readonly dispatch: Extract<Dispatch, { kind: 'lstm' }>
  readonly pack: WeightPacker
  readonly decode: Int8Decode
  readonly maxInvocations: number
}

/** LSTM layers that continue each other's state: a workgroup a window, an invocation a unit, one barrier a step. */
export function lstmKernel(o: LstmKernelOptions): Kernel {
  const { schedule, dispatch, pack, decode, maxInvocations } = o
  const { chain } = dispatch
  const { width: D, initial } = chain[0].operation
  const name = chain.map(task => task.name).join(' + ')
  if (D > maxInvocations) {
    throw new EngineError(
      'ADAPTER_LIMIT',
      `LSTM '${name}' has ${D} units, but this adapter runs at most ${maxInvocations} invocations in a workgroup (maxComputeInvocationsPerWorkgroup). Use the engine 'wasm'.`,
      { block: name, limit: 'maxComputeInvocationsPerWorkgroup', needed: D, available: maxInvocations },
    )
  }
  if (initial.kind !== 'symbol') throw new Error(`The chain '${name}' does not begin with a state of its own.`)
  const [hidden, cell] = [initial.hidden, initial.cell].map(vectors => {
    const { base, stride } = pack.once(vectors, 'symbols', () => pack.symbolVectors(vectors))
    return `vectors[${base}u + symbol * ${stride}u + unit / 4u][unit % 4u]`
  })
  const quads = quadsOf(D)
  const part = partCode(o, quads)
  return {
    name,
    workgroupBytes: 2 * quads * 16,
    invocations: D,
    rows: 1,
    workgroups: ({ windows }) => windows,
    code: `${prelude(decode, 'f32')}${stepRowFunction(schedule.plan.shape)}
var<workgroup> even: array<f32, ${4 * quads}>;
var<workgroup> odd: array<f32, ${4 * quads}>;

@compute @workgroup_size(${D})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) unit: u32) {
let window = workgroup.x;
let symbol = inputs[${run('symbolsAt')} + window * ${run('symbolStride')}];
even[unit] = ${hidden};
var cell = ${cell};
workgroupBarrier();
for (var part = 0u; part < ${chain.length}u; part++) {
${part}}
}
`,
  }
}

/** One layer of the chain: numbers that differ between the layers are picked by `part`. */
function partCode({ schedule, dispatch: { chain }, pack }: LstmKernelOptions, quads: number): string {
  const recurrent = chain.map(({ operation: { recurrent: matrix, width } }) =>
    pack.once(matrix, 'units', () => pack.matrix(matrix, unitOrder(width))),
  )
  const pick = (values: readonly number[]) =>
    values.every(v => v === values[0])
      ? `${values[0]}u`
      : `array<u32, ${values.length}>(${values.map(v => `${v}u`).join(', ')})[part]`
  const int8 = recurrent[0].int8
  const inRegisters = chain[0].operation.width <= WIDEST_IN_REGISTERS
  const weights = (k: string, name: string) =>
    range(4)
      .map(g => {
        const quad = int8 ? `decode(tile[${g}u]) * scale[${g}u]` : `vectors[tileAt + ${g}u]`
        return `let ${name}_${g} = ${quad};`
      })
      .join(' ')
      .replace(/^/, int8 ? `let tile = matrices[unitTiles + ${k}];` : `let tileAt = unitTiles + ${k} * 4u;`)
  const dots = (name: string, h: string) =>
    `{ let h = ${h}; y += vec4f(${range(4)
      .map(g => `dot(${name}_${g}, h)`)
      .join(', ')}); }`
  const registers = inRegisters
    ? range(quads)
        .map(
          k =>
            `${range(4)
              .map(g => `var w${k}_${g}: vec4f;`)
              .join(' ')} { ${weights(`${k}u`, 'w')} ${range(4)
              .map(g => `w${k}_${g} = w_${g};`)
              .join(' ')} }`,
        )
        .join('\n')
    : ''
  const products = (from: string) =>
    inRegisters
      ? range(quads)
          .map(k =>
            dots(
              `w${k}`,
              `vec4f(${range(4)
                .map(c => `${from}[${4 * k + c}u]`)
                .join(', ')})`,
            ),
          )
          .join('\n')
      : `for (var k = 0u; k < ${quads}u; k++) { ${weights('k', 'w')} ${dots(
          'w',
          `vec4f(${range(4)
            .map(c => `${from}[4u * k + ${c}u]`)
            .join(', ')})`,
        )} }`

  const steps = schedule.plan.shape.lookback + schedule.plan.shape.horizons
  const record = schedule.recordQuads.window
  // sigmoid of twice the candidate, since tanh(x) = 2 · sigmoid(2x) − 1
  const step = (from: string, to: string) => `{
var y = ${gatesCode(schedule, chain, pick)};
${products(from)}
let s = sigmoid(y * vec4f(1.0, 1.0, 2.0, 1.0));
cell = s.y * cell + s.x * (2.0 * s.z - 1.0);
let hidden = s.w * (2.0 / (1.0 + exp(-2.0 * clamp(cell, -30.0, 30.0))) - 1.0);
${to}[unit] = hidden;
windows[((window * ${steps}u + t) * ${record}u + outPlace) * 4u + unit] = hidden;
workgroupBarrier();
}`
  return `let begin = ${pick(chain.map(task => task.out.from))};
let end = ${pick(chain.map(task => task.out.to))};
let inPlace = ${pick(chain.map(task => schedule.places.get(task.in.sequence)!))};
let outPlace = ${pick(chain.map(task => schedule.places.get(task.out.sequence)!))};
let unitTiles = ${pick(recurrent.map(m => m.base))} + unit * ${int8 ? quads : 4 * quads}u;
${int8 ? `let scale = vectors[${pick(recurrent.map(m => m.scales))} + unit];` : ''}
${registers}
for (var t = begin; t < end; t++) {
${step('even', 'odd')}
t++;
if (t >= end) {
even[unit] = odd[unit];
workgroupBarrier();
break;
}
${step('odd', 'even')}
}
`
}

/** The projected input of this unit's gates at step `t`. */
function gatesCode(
  { plan: { shape }, recordQuads }: Schedule,
  chain: readonly RecurrenceTask[],
  pick: (values: readonly number[]) => string,
): string {
  const [stage, ...others] = new Set(chain.map(task => task.in.sequence.stage))
  const stepGates = `steps[stepRow(window, t) * ${recordQuads.step}u + inPlace + unit]`
  if (stage === 'step' && others.length === 0) return stepGates
  const at = `((window * ${shape.lookback + shape.horizons}u + t) * ${recordQuads.window}u + inPlace + unit) * 4u`
  const windowGates = `vec4f(${range(4)
    .map(c => `windows[${at} + ${c}u]`)
    .join(', ')})`
  if (others.length === 0) return windowGates
  const isStep = pick(chain.map(task => (task.in.sequence.stage === 'step' ? 1 : 0)))
  return `vec4f(); if (${isStep} == 1u) { y = ${stepGates}; } else { y = ${windowGates}; }`
}
