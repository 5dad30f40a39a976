import type { NetworkShape } from '../../models/blocks.ts'
import { plus } from './wgsl.ts'

/**
 * The first words of `inputs`: what varies from run to run. Rows are counted in steps.
 *
 * A forward pass lays out B windows one after another. A series is one long stretch of past rows and one of future rows,
 * of which window w reads those from w on; the same kernels do both.
 */
const FIELDS = [
  /** Windows of the window stage. */
  'windows',
  /** The first of them within the step stage's rows. */
  'firstWindow',
  /** Windows of the step stage: B, or 1 for a series. */
  'stepWindows',
  /** Past and future rows that the step stage computes per window of its. */
  'pastRows',
  'futureRows',
  /** Where symbols, observed and known begin in `inputs`, in words, and how far a window's symbol is from the next. */
  'symbolsAt',
  'symbolStride',
  'observedAt',
  'knownAt',
  /** Rows from one window to the next: in observed, in known and in `steps`. */
  'observedStride',
  'knownStride',
  'stepStride',
  /** The row of known that the step stage's first future row reads. */
  'knownFuture',
  /** Where the step stage stores its first past and its first future row. */
  'pastStart',
  'futureStart',
  /** Where in `results` the explanation's parts begin. */
  'attentionAt',
  'pastWeightsAt',
  'futureWeightsAt',
] as const

export type HeaderField = (typeof FIELDS)[number]

/** Words of the header: its fields, and for every decoder step its row in `steps` and its row in known. */
export const headerWords = ({ horizons }: NetworkShape): number => FIELDS.length + 2 * horizons

/** A field of the header, in a shader. */
export const run = (field: HeaderField): string => `inputs[${FIELDS.indexOf(field)}u]`

/** The row in `steps` that a window's step reads, as a shader function. */
export const stepRowFunction = ({ lookback: L }: NetworkShape): string => `
fn stepRow(window: u32, step: u32) -> u32 {
  let start = (${run('firstWindow')} + window) * ${run('stepStride')};
  if (step < ${L}u) { return start + step; }
  return start + inputs[${plus(FIELDS.length, `step - ${L}u`)}];
}
`

/** The row in known that a window's step reads, as a shader function. */
export const knownRowFunction = ({ lookback: L, horizons: H }: NetworkShape): string => `
fn knownRow(window: u32, step: u32) -> u32 {
  let start = (${run('firstWindow')} + window) * ${run('knownStride')};
  if (step < ${L}u) { return start + step; }
  return start + inputs[${plus(FIELDS.length + H, `step - ${L}u`)}];
}
`

export interface DecoderRows {
  /** By decoder step, relative to the window's first row: in `steps`, and in known. */
  readonly steps: readonly number[]
  readonly known: readonly number[]
}

export function writeHeader(
  words: Uint32Array,
  fields: Readonly<Record<HeaderField, number>>,
  rows: DecoderRows,
): void {
  FIELDS.forEach((field, i) => {
    words[i] = fields[field]
  })
  words.set(rows.steps, FIELDS.length)
  words.set(rows.known, FIELDS.length + rows.known.length)
}
