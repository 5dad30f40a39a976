import type { NetworkShape } from '../../models/blocks.ts'
import type { Dense, ScalarInput, SelectionOperation } from '../plan/plan.ts'
import { gateOrder } from './column-order.ts'
import { beforeGate, rowMoments, withoutPadding } from './gated-unit.ts'
import { type AffineCode, eachProduct } from './products.ts'
import type { Sink, Site } from './site.ts'
import type { Row, Slot } from './tile.ts'
import { packVariables, type VariableField } from './variable-records.ts'
import { plus, quadsOf, range } from './wgsl.ts'

export interface SelectionOptions {
  readonly operations: readonly SelectionOperation[]
  readonly shape: NetworkShape
  readonly sink: Sink
  /** For `explain`: where in `results` a row's weights begin, by row; null to keep them to itself. */
  readonly weightsAt: ((r: Row) => string) | null
}

/**
 * Softmax weights of the variables, and each variable's own gated residual network weighted by them. Groups divide the
 * columns of the weights' network among them, then the variables.
 * @returns the code, and the functions it calls
 */
export function variableSelection(site: Site, o: SelectionOptions): { code: string; functions: string } {
  const { tile } = site
  const { operations, sink } = o
  const variables = site.pick(operations.map(op => op.inputs.length))
  const variableQuads = site.pick(operations.map(op => quadsOf(op.inputs.length)))
  const mostQuads = Math.max(...operations.map(op => quadsOf(op.inputs.length)))

  const x = tile.take(mostQuads)
  const weights = tile.take(mostQuads)
  const load = tile.eachRow(r => {
    const input = (c: number) => `${site.name}_input(region, ${plus('4u * j', c)}, observedAt[${r}], knownAt[${r}])`
    return tile.eachColumn(variableQuads, `${x.at(r, 'j')} = vec4f(${range(4).map(input).join(', ')});`)
  })
  const logits = logitsCode(site, o, { x, logits: weights, variables, variableQuads })
  const softmaxed = softmax(site, operations, { weights, variables, variableQuads })
  const { weightsAt } = o
  const explained = weightsAt
    ? tile.eachRow(r => {
        const write = `results[${weightsAt(r)} + v] = ${component(weights, r)};`
        return tile.eachColumn(variables, `if (live[${r}]) { ${write} }`, 'v')
      })
    : ''

  const quads = quadsOf(operations[0].width)
  const partial = tile.take(quads * tile.shape.groups)
  const mixed = mixVariables(site, operations, { x, weights, variables, partial })
  for (const slot of [x, weights]) tile.give(slot)
  const summed = tile.eachRow(r => {
    const parts = range(tile.shape.groups).map(g => partial.at(r, plus(g * quads, 'j')))
    return tile.eachColumn(quads, sink(r, 'j', parts.join(' + ')))
  })
  tile.give(partial)
  return {
    code: [load, logits, softmaxed, explained, mixed, summed].join(`\n${tile.barrier}`) + tile.barrier,
    functions: inputFunction(site, o),
  }
}

const component = (slot: Slot, r: Row) => `${slot.at(r, 'v / 4u')}[v % 4u]`

/** The value of a variable (0 for padding), its columns taken from the two inputs in runs. */
function inputFunction(site: Site, { operations, shape }: SelectionOptions): string {
  const branches = operations.map((op, i) => {
    const lines = runsOf(op.inputs).map(({ tensor, column, from, to }) => {
      const at = tensor === 'observed' ? 'observedAt' : 'knownAt'
      return `  if (variable >= ${from}u && variable < ${to}u) { return bitcast<f32>(inputs[${at} + variable - ${from}u + ${column}u]); }`
    })
    const region = site.regionOf(i)
    return region === null ? lines.join('\n') : `  if (region == ${region}u) {\n${lines.join('\n')}\n  return 0.0; }`
  })
  return `
// of ${shape.observed} observed and ${shape.known} known inputs a step
fn ${site.name}_input(region: u32, variable: u32, observedAt: u32, knownAt: u32) -> f32 {
${branches.join('\n')}
  return 0.0;
}
`
}

/** Neighbouring variables that are neighbouring columns of one input. */
function runsOf(inputs: readonly ScalarInput[]): { tensor: string; column: number; from: number; to: number }[] {
  const runs: { tensor: string; column: number; from: number; to: number }[] = []
  inputs.forEach(({ tensor, column }, v) => {
    const last = runs.at(-1)
    if (last && last.tensor === tensor && column === last.column + v - last.from) last.to = v + 1
    else runs.push({ tensor, column, from: v, to: v + 1 })
  })
  return runs
}

/** `x · skip + GLU(ELU(x · first + bias) …)`, before the norm, into `logits`. */
function logitsCode(
  site: Site,
  { operations }: SelectionOptions,
  o: { x: Slot; logits: Slot; variables: string; variableQuads: string },
): string {
  const { tile } = site
  const { x, logits, variableQuads } = o
  const hidden = tile.take(quadsOf(operations[0].logits.first.columns))
  const first = site.affineBySymbol(operations.map(op => ({ matrix: op.logits.first, bias: op.logits.firstBias })))
  const firstLayer = eachProduct(
    tile,
    { columns: hidden.quads, products: [{ name: 'h', map: first, x: x.at }] },
    tile.ownRows.map(r => `${hidden.at(r, 'j')} = elu(h${r});`).join('\n'),
  )
  const units = operations.map(op => op.logits.unit)
  const before = beforeGate(site, units, hidden.at)
  const gate = affineOfEach(
    site,
    units.map(unit => unit.gate),
  )
  const gated = eachProduct(
    tile,
    {
      columns: variableQuads,
      products: [
        { name: 'value', map: gate, x: before.x },
        { name: 'gate', map: gate, skip: variableQuads, x: before.x },
        { name: 'skip', map: site.affine(operations.map(op => op.logits.skip)), x: x.at },
      ],
    },
    tile.ownRows.map(r => `${logits.at(r, 'j')} = skip${r} + value${r} * sigmoid(gate${r});`).join('\n'),
  )
  before.release()
  tile.give(hidden)
  return `${firstLayer}${tile.barrier}${before.code}${gated}`
}

/** Gates of different widths, one a region: each in its own order of columns. */
function affineOfEach(site: Site, gates: readonly Dense[]): AffineCode {
  const packed = gates.map(({ matrix, bias }) => {
    const order = gateOrder(matrix.columns / 2)
    return {
      matrix: site.pack.once(matrix, order.key, () => site.pack.matrix(matrix, order)),
      bias: site.pack.once(matrix, `${order.key} bias`, () =>
        site.pack.vector(Array.from(order.columns, c => (c < 0 ? 0 : bias[c]))),
      ),
    }
  })
  return site.packedAffine(
    packed.map(p => p.matrix),
    packed.map(p => p.bias),
  )
}

/** Layer norm and softmax of the logits in place, by one group: a row is short. */
function softmax(
  site: Site,
  operations: readonly SelectionOperation[],
  o: { weights: Slot; variables: string; variableQuads: string },
): string {
  const { tile } = site
  const { variables, variableQuads, weights } = o
  const units = operations.map(op => op.logits.unit)
  const gain = site.vector(units.map(unit => unit.gain))
  // padding ends far below every logit, so that its weight is 0
  const offset = site.vector(
    units.map(unit => unit.offset),
    -1e30,
  )
  const rows = tile.eachRow(r => {
    const z = weights.at(r, 'j')
    const each = (body: string) => `for (var j = 0u; j < ${variableQuads}; j++) { ${body} }`
    return `let share = 1.0 / f32(${variables});
var total = vec4f();
${each(`total += ${z};`)}
let mean = dot(total, vec4f(share));
var squares = vec4f();
${each(`let d = ${withoutPadding(`${z} - mean`, variables)}; squares += d * d;`)}
let scale = inverseSqrt(dot(squares, vec4f(share)) + 1e-5);
var most = vec4f(-1e30);
${each(`let y = (${z} - mean) * scale * vectors[${gain} + j] + vectors[${offset} + j]; most = max(most, y); ${z} = y;`)}
let top = max(max(most.x, most.y), max(most.z, most.w));
var sum = vec4f();
${each(`let e = exp(${z} - top); sum += e; ${z} = e;`)}
let inverse = 1.0 / dot(sum, vec4f(1.0));
${each(`${z} *= inverse;`)}`
  })
  return tile.shape.groups === 1 ? rows : `if (group == 0u) {\n${rows}}\n`
}

/** Each group mixes its share of the variables into its part of `partial`. */
function mixVariables(
  site: Site,
  operations: readonly SelectionOperation[],
  o: { x: Slot; weights: Slot; variables: string; partial: Slot },
): string {
  const { tile } = site
  const { width } = operations[0]
  const quads = quadsOf(width)
  const rows = tile.ownRows
  const packed = operations.map(op => site.pack.once(op.variables, 'variables', () => packVariables(site.pack, op)))
  const { int8, hasBefore, field, recordQuads, recordTiles } = packed[0]
  const at = (name: VariableField, j: string) => `vectors[${plus('record', field(name), j)}]`
  const own = (array: string) => (r: Row, j: number | string) =>
    `${array}[${plus(r === 'r' ? `r * ${quads}u` : r * quads, j)}]`

  const map = (part: 'before' | 'gate', firstTile: number): AffineCode => ({
    int8,
    base: int8 ? plus('tiles', firstTile) : plus('record', field(`${part}Tiles`)),
    scales: int8 ? plus('record', field(`${part}Scales`)) : '',
    innerQuads: quads,
    bias: () => plus('record', field(`${part}Bias`)),
  })
  const hidden = own('hidden')
  const mixed = own('mixed')
  const middle = hasBefore
    ? eachProduct(
        tile,
        {
          columns: quads,
          split: false,
          products: [{ name: 'y', map: map('before', 0), x: hidden }],
        },
        rows.map(r => `${mixed(r, 'j')} = y${r};`).join('\n'),
      )
    : ''
  const gateMap = map('gate', hasBefore ? quads * quads : 0)
  const [gateInput, z] = hasBefore ? [mixed, hidden] : [hidden, mixed]
  const gated = eachProduct(
    tile,
    {
      columns: quads,
      split: false,
      products: [
        { name: 'value', map: gateMap, x: gateInput },
        { name: 'gate', map: gateMap, skip: quads, x: gateInput },
      ],
    },
    `let embedding = ${at('embedding', 'j')}; let embeddingOffset = ${at('embeddingOffset', 'j')};
${rows.map(r => `${z(r, 'j')} = scalar[${r}] * embedding + embeddingOffset + value${r} * sigmoid(gate${r});`).join('\n')}`,
  )
  const accumulated = tile.eachRow(
    r => `${rowMoments(width, z(r, 'j'))}
let weight = ${component(o.weights, r)};
let share = scale * weight;
for (var j = 0u; j < ${quads}u; j++) { ${own('sum')(r, 'j')} += (${z(r, 'j')} - mean) * share * ${at('gain', 'j')} + weight * ${at('offset', 'j')}; }`,
  )
  const { groups } = tile.shape
  const arrays = ['hidden', 'mixed', 'sum'].map(name => `var ${name}: array<vec4f, ${quads * rows.length}>;`)
  return `{
${arrays.join(' ')} var scalar: array<f32, ${rows.length}>;
for (var v = ${groups === 1 ? '0u' : 'group'}; v < ${o.variables}; v += ${groups}u) {
let record = ${site.pick(packed.map(p => p.vectors))} + v * ${recordQuads}u;
${int8 ? `let tiles = ${site.pick(packed.map(p => p.tiles))} + v * ${recordTiles}u;` : ''}
${tile.eachRow(
  r => `scalar[${r}] = ${component(o.x, r)};
for (var k = 0u; k < ${quads}u; k++) { ${hidden(r, 'k')} = elu(scalar[${r}] * ${at('slope', 'k')} + ${at('intercept', 'k')}); }`,
)}${middle}${gated}${accumulated}}
${tile.eachRow(r => {
  const place = groups === 1 ? 'j' : plus(`group * ${quads}u`, 'j')
  return `for (var j = 0u; j < ${quads}u; j++) { ${o.partial.at(r, place)} = ${own('sum')(r, 'j')}; }`
})}}
`
}
