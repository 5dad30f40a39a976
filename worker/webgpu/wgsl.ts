import type { Int8Decode } from './weight-packer.ts'

/** An unsigned literal. */
export const u = (n: number): string => `${n}u`

/** A whole number or an expression, as an unsigned expression. */
export const index = (n: number | string): string => (typeof n === 'number' ? u(n) : n)

/** `0 … n − 1` */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Vectors of four: every width is padded to whole ones. */
export const quadsOf = (width: number): number => Math.ceil(width / 4)

/** A sum of unsigned terms, numbers added up. */
export function plus(...terms: readonly (number | string)[]): string {
  const constant = terms.reduce<number>((sum, term) => (typeof term === 'number' ? sum + term : sum), 0)
  const parts = terms.filter(term => typeof term === 'string')
  if (constant > 0 || parts.length === 0) parts.push(u(constant))
  return parts.join(' + ')
}

const DECODE: Record<Int8Decode, string> = {
  // the value times 2^24, which is taken out of the scales
  mask: 'vec4f(bitcast<vec4i>(vec4u(word << 24u, (word << 16u) & 0xff000000u, (word << 8u) & 0xff000000u, word & 0xff000000u)))',
  unpack: 'vec4f(unpack4xI8(word))',
}

/** Bindings, the same for every kernel. */
export const BINDINGS = [
  'read-only-storage',
  'read-only-storage',
  'read-only-storage',
  'storage',
  'storage',
  'storage',
] as const

/**
 * What every kernel begins with. `matrices`: int8 tiles; `vectors`: all other weights; `inputs`: the run's header, then
 * symbols, observed and known; `steps`, `windows`: rows of the two stages; `results`: what is read back.
 * @param windowValues the LSTM writes single values, so it sees `windows` as scalars
 */
export const prelude = (decode: Int8Decode, windowValues: 'vec4f' | 'f32' = 'vec4f'): string => `
@group(0) @binding(0) var<storage, read> matrices: array<vec4u>;
@group(0) @binding(1) var<storage, read> vectors: array<vec4f>;
@group(0) @binding(2) var<storage, read> inputs: array<u32>;
@group(0) @binding(3) var<storage, read_write> steps: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> windows: array<${windowValues}>;
@group(0) @binding(5) var<storage, read_write> results: array<f32>;

fn decode(word: u32) -> vec4f { return ${DECODE[decode]}; }
fn elu(x: vec4f) -> vec4f { return select(exp(min(x, vec4f())) - 1.0, x, x > vec4f()); }
fn sigmoid(x: vec4f) -> vec4f { return 1.0 / (1.0 + exp(-clamp(x, vec4f(-60.0), vec4f(60.0)))); }
`
