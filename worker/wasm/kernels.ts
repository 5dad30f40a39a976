/**
 * What kernels/index.ts exports. Parameters are pointers and strides in bytes, and counts; each kernel's file in
 * kernels/forward tells what they mean and how weights are packed.
 */
export interface Kernels {
  /** x, xStride, steps, V, E, packed, firstBias, scratch, weights, weightsStride */
  readonly selectionWeights: Kernel<10>
  /** x, xStride, steps, V, D, packed, weights, weightsStride, scratch, out, outStride */
  readonly selectVariables: Kernel<11>
  /** x, xStride, steps, V, D, tables, packed, weights, weightsStride, scratch, out, outStride */
  readonly selectTabulated: Kernel<12>
  /** x, xStride, steps, I, first, firstBias, E, skip, unit, N, scratch, out, outStride */
  readonly gatedResidual: Kernel<13>
  /** x, xStride, steps, K, unit, N, skip, skipStride, scratch, out, outStride */
  readonly gateAddNorm: Kernel<11>
  /** x, xStride, steps, K, packed, N, out, outStride */
  readonly linear: Kernel<8>
  /** x, xStride, K, w, bias, N, steps, y */
  readonly denseRows: Kernel<8>
  /** projected, steps, D, recurrent, hidden, cell, scratch, out, outStride */
  readonly lstm: Kernel<9>
  /** projected, projectedStride, offsets, steps, D, recurrent, cell, scratch, history */
  readonly lstmWindows: Kernel<9>
  /** history, steps, D, out, outStride, windowStride */
  readonly separateWindows: Kernel<6>
  /** query, queryStride, key, keyStride, value, queries, keys, heads, depth, zeros, scratch, weights, out, outStride */
  readonly attention: Kernel<14>
  /** x, xStride, H, D, packed, Q, scratch, out */
  readonly linearHead: Kernel<8>
  /** x, xStride, H, D, packed, Q, lanes, scratch, out */
  readonly monotoneHead: Kernel<9>
  /** x, K, packed, N, out */
  readonly mlpLayer: Kernel<5>
  /** x, K, packed, inputs, I, skip, H, Q, lanes, windows, scratch, out */
  readonly mlpHead: Kernel<12>
  /** from, fromStride, offsets, steps, rows, to, toStride */
  readonly gatherSteps: Kernel<7>
  /** from, fromStride, rows, columns, to, toStride */
  readonly transpose: Kernel<6>
}

type Kernel<N extends number> = (...parameters: NumberTuple<N>) => void

type NumberTuple<N extends number, T extends number[] = []> = T['length'] extends N ? T : NumberTuple<N, [...T, number]>
