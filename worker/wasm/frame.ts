import type { Span } from '../plan/plan.ts'
import type { LinearMemory } from './linear-memory.ts'
import { padTo } from './pack.ts'

/** The window axis in two: what lies behind a window's last candle, and the decoder's steps. */
export type Part = 'past' | 'future'
export const PARTS: readonly Part[] = ['past', 'future']

/** Something that has a value at every step. */
export interface Field {
  readonly name: string
  readonly width: number
  /** `[width][time]`, or `[time][width]` where a reader wants a step's features side by side. */
  readonly layout: 'features' | 'steps'
}

/** Kernels work in tiles of eight steps and may write that many behind the last one. */
const GUARD_STEPS = 8

/** Where the fields of one window, or of one series, lie. */
export class Frame {
  /** Addresses of step 0 of each part, by field. */
  readonly at: Record<Part, number[]> = { past: [], future: [] }
  /** Bytes from feature to feature (`features`) or from step to step (`steps`), by field. */
  readonly stride: Record<Part, number[]> = { past: [], future: [] }

  /** Reserves a field for so many steps. */
  allocate(memory: LinearMemory, part: Part, index: number, field: Field, steps: number): void {
    const rows = padTo(8, field.width)
    const columns = strideSteps(steps)
    this.stride[part][index] = (field.layout === 'features' ? columns : rows) * 4
    this.at[part][index] = memory.allocate(rows * columns, field.name)
  }

  /** The address of a step of a field. */
  step(part: Part, index: number, field: Field, step: number): number {
    return this.at[part][index] + step * (field.layout === 'features' ? 4 : this.stride[part][index])
  }
}

/** Rows whose distance is a multiple of a large power of two fall into the same few lines of a cache: keep off those. */
export function strideSteps(steps: number): number {
  const padded = padTo(8, steps) + GUARD_STEPS
  return padded % 64 === 0 ? padded + 8 : padded
}

/** A span's steps of one part, counted from the part's first step. */
export interface PartSpan {
  readonly part: Part
  readonly from: number
  readonly to: number
}

export function partsOf({ from, to }: Pick<Span, 'from' | 'to'>, lookback: number): PartSpan[] {
  const parts: PartSpan[] = []
  if (from < lookback) parts.push({ part: 'past', from, to: Math.min(to, lookback) })
  if (to > lookback) parts.push({ part: 'future', from: Math.max(from, lookback) - lookback, to: to - lookback })
  return parts
}
