import type { AttentionOperation } from '../../plan/plan.ts'
import type { Binding, Call } from '../binding.ts'
import { partsOf, strideSteps } from '../frame.ts'
import { eights, packDense, packRows, padTo, withoutBias } from '../pack.ts'

/** The mean pattern of some queries after a run: `[⌈queries / 8⌉][keys][8]`. */
export interface AttentionPattern {
  readonly at: number
  readonly queries: number
  readonly keys: number
}

export interface BoundAttention {
  readonly calls: readonly Call[]
  /** One per part that queries lie in, in order. */
  readonly patterns: readonly AttentionPattern[]
}

export function bindAttention(binding: Binding, operation: AttentionOperation): BoundAttention {
  const { kernels, memory, plan, scratch } = binding
  const { name, heads, value } = operation
  const D = operation.query.columns
  const I = operation.query.rows
  const depth = value.columns
  const keys = operation.in.to - operation.in.from
  const { lookback } = plan.shape

  const packedQuery = memory.place(
    packDense(withoutBias(operation.query), () => Math.LOG2E / Math.sqrt(depth)),
    name,
  )
  const packedKey = memory.place(packDense(withoutBias(operation.key)), name)
  const packedValue = memory.place(packRows(value, eights(depth)), name)
  const valueWidth = padTo(8, depth)
  const zeros = memory.allocate(Math.max(valueWidth, padTo(4, keys)), name)
  const keyStride = strideSteps(keys) * 4
  const keyRows = memory.allocate((padTo(4, D) * keyStride) / 4, name)
  const valueRows = memory.allocate((keys + 8) * valueWidth, name)
  scratch.reserveRows(padTo(4, keys) + 1)

  const [x, out] = [operation.in.buffer, operation.out.buffer]
  // The past first: what its last tile writes behind it, the future overwrites.
  const projections = partsOf(operation.in, lookback).map((span): Call => {
    const first = span.from + (span.part === 'past' ? 0 : lookback) - operation.in.from
    return {
      ...span,
      name,
      stage: 'window',
      reads: [x],
      writes: [],
      run({ at: { [span.part]: at }, stride: { [span.part]: stride } }, from, steps) {
        const input = at[x] + from * 4
        kernels.linear(input, stride[x], steps, I, packedKey, D, keyRows + first * 4, keyStride)
        kernels.denseRows(
          input,
          stride[x],
          I,
          packedValue,
          zeros,
          valueWidth,
          steps,
          valueRows + first * valueWidth * 4,
        )
      },
    }
  })

  const patterns: AttentionPattern[] = []
  const attending = partsOf(operation.out, lookback).map((span): Call => {
    const queries = span.to - span.from
    const seen = span.to + (span.part === 'past' ? 0 : lookback) - operation.in.from
    const queryStride = strideSteps(queries) * 4
    const queryRows = memory.allocate((padTo(4, D) * queryStride) / 4, name)
    const pattern = memory.allocate(padTo(8, queries) * seen, name)
    patterns.push({ at: pattern, queries, keys: seen })
    return {
      ...span,
      name,
      stage: 'window',
      reads: [x],
      writes: [out],
      run({ at: { [span.part]: at }, stride: { [span.part]: stride } }, from, steps) {
        const offset = from * 4
        kernels.linear(at[x] + offset, stride[x], steps, I, packedQuery, D, queryRows, queryStride)
        kernels.attention(
          queryRows,
          queryStride,
          keyRows,
          keyStride,
          valueRows,
          queries,
          seen,
          heads,
          depth,
          zeros,
          scratch.at,
          pattern,
          at[out] + offset,
          stride[out],
        )
      },
    }
  })
  return { calls: [...projections, ...attending], patterns }
}
