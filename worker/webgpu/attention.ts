import type { NetworkShape } from '../../models/blocks.ts'
import type { AttentionOperation } from '../plan/plan.ts'
import { run } from './run-header.ts'
import type { Read, Sink, Site } from './site.ts'
import type { Row } from './tile.ts'
import { quadsOf, range } from './wgsl.ts'

/** The quad `j` of a stored sequence at another step of row r's window. */
export type ReadStep = (r: Row, step: string, j: string) => string

export interface AttentionOptions {
  readonly operation: AttentionOperation
  readonly shape: NetworkShape
  /** Scaled by 1 / √depth already. */
  readonly query: Read
  readonly key: ReadStep
  readonly value: ReadStep
  readonly sink: Sink
  /** Also write the heads' mean pattern to `results`. */
  readonly explain: boolean
}

/**
 * Attention over all steps up to a row's own, in one pass (running maximum and sum), heads divided among the tile's
 * groups and averaged.
 * @see Milakov, Gimelshein: Online normalizer calculation for softmax (2018), arXiv 1805.02867
 */
export function attention(site: Site, o: AttentionOptions): string {
  const { tile } = site
  const { heads } = o.operation
  const { groups } = tile.shape
  const quads = quadsOf(o.operation.value.columns)
  const partial = tile.take(quads * groups)
  const pattern = o.explain ? tile.take(heads) : null
  const each = eachQuad(quads)
  const rows = tile.eachRow(
    r => `var sum: array<vec4f, ${quads}>;
for (var head = ${groups === 1 ? '0u' : 'group'}; head < ${heads}u; head += ${groups}u) {
${headCode(o, quads, r)}
${each('sum[i] += mixed[i] / total;')}
${pattern ? `${pattern.at(r, 'head')} = vec4f(most, 1.0 / total, 0.0, 0.0);` : ''}
}
${each(`${partial.at(r, groups === 1 ? 'i' : `group * ${quads}u + i`)} = sum[i] * ${1 / heads};`)}`,
  )
  const mean = tile.eachRow(r => {
    const parts = range(groups).map(g => partial.at(r, g === 0 ? 'j' : `j + ${g * quads}u`))
    return tile.eachColumn(quads, o.sink(r, 'j', parts.join(' + ')))
  })
  const explained = pattern ? tile.eachRow(r => patternCode(site, o, quads, r, pattern.at(r, 'head'))) : ''
  tile.give(partial)
  if (pattern) tile.give(pattern)
  return `${rows}${tile.barrier}${mean}${explained}${tile.barrier}`
}

/** A loop over the quads of a head. */
const eachQuad = (quads: number) => (body: string) => `for (var i = 0u; i < ${quads}u; i++) { ${body} }`

const queryCode = (o: AttentionOptions, quads: number, r: Row): string => `var query: array<vec4f, ${quads}>;
${eachQuad(quads)(`query[i] = ${o.query(r, `head * ${quads}u + i`)};`)}`

const scoreCode = (o: AttentionOptions, quads: number, r: Row): string => `var score = 0.0;
${eachQuad(quads)(`score += dot(query[i], ${o.key(r, 'c', `head * ${quads}u + i`)});`)}`

/** One head's values mixed by `exp(score − most)`, and the sum of these in `total`. */
const headCode = (o: AttentionOptions, quads: number, r: Row): string => `${queryCode(o, quads, r)}
var mixed: array<vec4f, ${quads}>;
var most = -1e30;
var total = 0.0;
for (var c = ${o.operation.in.from}u; c <= step[${r}]; c++) {
${scoreCode(o, quads, r)}
let top = max(most, score);
let decay = exp(most - top);
let e = exp(score - top);
most = top;
total = total * decay + e;
${eachQuad(quads)(`mixed[i] = mixed[i] * decay + ${o.value(r, 'c', 'i')} * e;`)}
}`

/** The pattern `[B, queries, L + H]`: scores once more, now that their maxima and sums are known. */
function patternCode(site: Site, o: AttentionOptions, quads: number, r: Row, moments: string): string {
  const { operation, shape } = o
  const steps = shape.lookback + shape.horizons
  const row = `(window[${r}] * ${operation.queries}u + step[${r}] - ${operation.out.from}u) * ${steps}u`
  return site.tile.eachColumn(
    steps,
    `var weight = 0.0;
if (c >= ${operation.in.from}u && c <= step[${r}]) {
for (var head = 0u; head < ${operation.heads}u; head++) {
${queryCode(o, quads, r)}
let moments = ${moments};
${scoreCode(o, quads, r)}
weight += exp(score - moments.x) * moments.y;
}
}
if (live[${r}]) { results[${run('attentionAt')} + ${row} + c] = weight * ${1 / operation.heads}; }`,
    'c',
  )
}
