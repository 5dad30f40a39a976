import { range } from './wgsl.ts'

/** How invocations share an LSTM's units. */
export interface Recurrence {
  /** Invocations per unit. */
  readonly lanes: 1 | 4
  /** A WGSL extension that it needs. */
  readonly enable: string
  /** Brings a unit's recurrent weights into registers, once for all steps; from `unitTiles`, and int8 times `scale`. */
  readonly load: (weights: RecurrentWeights) => string
  /** From the hidden state `from` and the projected input `gates`: updates `cell` and declares `hidden`. */
  readonly step: (weights: RecurrentWeights, from: string, gates: string) => string
}

export interface RecurrentWeights {
  readonly int8: boolean
  /** Of the hidden state. */
  readonly quads: number
}

/** Up to this width a unit's weights stay in registers over all steps; beyond, they are read at every step. */
const WIDEST_QUADS_IN_REGISTERS = 16

const GATES = range(4)

/** The weights of gate `g`, an expression, from the k-th quad of the hidden state. */
const weightsOf = ({ int8 }: RecurrentWeights, k: string, g: string): string =>
  int8 ? `decode(matrices[unitTiles + ${k}][${g}]) * scale[${g}]` : `vectors[unitTiles + 4u * ${k} + ${g}]`

const hiddenQuad = (from: string, k: string): string =>
  `vec4f(${GATES.map(c => `${from}[4u * ${k} + ${c}u]`).join(', ')})`

const dots = (name: string, hidden: string): string =>
  `{ let h = ${hidden}; y += vec4f(${GATES.map(g => `dot(${name}_${g}, h)`).join(', ')}); }`

/** An invocation a unit, all four gates of it. tanh(x) is 2 · sigmoid(2x) − 1, so one sigmoid serves all. */
export const BY_UNITS: Recurrence = {
  lanes: 1,
  enable: '',
  load: weights =>
    weights.quads > WIDEST_QUADS_IN_REGISTERS
      ? ''
      : range(weights.quads)
          .map(k => GATES.map(g => `let w${k}_${g} = ${weightsOf(weights, `${k}u`, `${g}u`)};`).join(' '))
          .join('\n'),
  step: (weights, from, gates) => {
    const products =
      weights.quads > WIDEST_QUADS_IN_REGISTERS
        ? `for (var k = 0u; k < ${weights.quads}u; k++) {
${GATES.map(g => `let w_${g} = ${weightsOf(weights, 'k', `${g}u`)};`).join(' ')}
${dots('w', hiddenQuad(from, 'k'))}
}`
        : range(weights.quads)
            .map(k => dots(`w${k}`, hiddenQuad(from, `${k}u`)))
            .join('\n')
    return `var y = ${gates};
${products}
let s = sigmoid(y * vec4f(1.0, 1.0, 2.0, 1.0));
cell = s.y * cell + s.x * (2.0 * s.z - 1.0);
let hidden = s.w * (2.0 / (1.0 + exp(-2.0 * clamp(cell, -30.0, 30.0))) - 1.0);`
  },
}

/**
 * Four invocations a unit, a gate each: a quarter of the products in a row, at the price of four times the invocations at
 * each barrier. Gates meet through quad operations, which take lanes in the order of their local index.
 */
export const BY_QUADS: Recurrence = {
  lanes: 4,
  enable: 'enable subgroups;',
  load: weights =>
    range(weights.quads)
      .map(k => `let w${k} = ${weightsOf(weights, `${k}u`, 'gate')};`)
      .join('\n'),
  step: ({ quads }, from, gates) => `var y = ${gates}[gate];
${range(quads)
  .map(k => `y += dot(w${k}, ${hiddenQuad(from, `${k}u`)});`)
  .join('\n')}
let factor = select(1.0, 2.0, gate == 2u);
let s = factor / (1.0 + exp(-clamp(factor * y, -60.0, 60.0))) - (factor - 1.0);
cell = quadBroadcast(s, 1u) * cell + quadBroadcast(s, 0u) * quadBroadcast(s, 2u);
let hidden = quadBroadcast(s, 3u) * (2.0 / (1.0 + exp(-2.0 * clamp(cell, -30.0, 30.0))) - 1.0);`,
}
