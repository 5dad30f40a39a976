import type { Row, Table } from '../report.ts'
import { figure, median, quantile } from '../statistics.ts'
import type { ContenderId } from './contenders.ts'
import type { Measured } from './measure.ts'
import type { Size } from './workload/forward.ts'

/** Of the reference student in Node: exact arithmetic, one thread. Peers are at their best. */
export function referenceRows({ forward, follow, slide }: Measured): Row[] {
  const p50 = (id: ContenderId, size: Size = 1) => medianOf(forward.get(id)?.forwardMs.get(size))
  const ort = fastest(p50('ortWasm'), p50('ortWasm2'))
  const ours = p50('fusedWasm')
  const rows = [
    row('forward.p50Ms', ours, 'ms', 'batch 1, exact, one thread, Node'),
    row('forward.ratioTfjsWasm', ratio(p50('tfjsWasm'), ours), 'ratio', 'tfjs as written'),
    row('forward.ratioOrt', ratio(ort, ours), 'ratio', 'its best of 1 and 2 threads, folded graph'),
  ]
  const tabulated = forward.get('fusedWasmTabulated')
  if (tabulated) {
    const ms = p50('fusedWasmTabulated')
    const note = `variables' networks from tables; ${tabulated.opened.uses.join(', ')}`
    rows.push(
      row('forwardTabulated.p50Ms', ms, 'ms', note),
      row('forwardTabulated.ratioTfjsWasm', ratio(p50('tfjsWasm'), ms), 'ratio'),
      row('forwardTabulated.ratioOrt', ratio(ort, ms), 'ratio'),
    )
  }
  if (follow) {
    const of = (id: ContenderId) => medianOf(follow.get(id))
    rows.push(
      row('follow.p50Ms', of('fusedWasm'), 'ms', 'a new candle'),
      row('follow.ratioTfjsWasm', ratio(of('tfjsWasm'), of('fusedWasm')), 'ratio'),
      row('follow.ratioOrt', ratio(fastest(of('ortWasm'), p50('ortWasm2')), of('fusedWasm')), 'ratio'),
    )
  }
  if (slide) {
    const rate = (id: ContenderId) => slide.windowsPerSecond.get(id)
    const note = `${slide.windows} windows, one thread each`
    rows.push(
      row('slide.windowsPerSecond', rate('fusedWasm'), '1/s', note),
      row('slide.ratioTfjsWasm', ratio(rate('fusedWasm'), rate('tfjsWasm')), 'ratio', note),
      row('slide.ratioOrt', ratio(rate('fusedWasm'), rate('ortWasm')), 'ratio', note),
    )
  }
  return rows.filter(isMeasured)
}

/** Of the MLP in Node. */
export function liteRows({ forward }: Measured): Row[] {
  const batchMs = medianOf(forward.get('fusedWasm')?.forwardMs.get(1024))
  return [row('lite.forecastsPerSecond', batchMs && (1024 / batchMs) * 1000, '1/s', 'batch 1024, one thread')].filter(
    isMeasured,
  )
}

/** Of the reference student on the GPU in Chromium; int8 weights beside what its parameters take as float32. */
export function webgpuRows(float32: Measured, int8: Measured, parameters: number): Row[] {
  const of = (id: ContenderId) => float32.forward.get(id)
  const p50 = (id: ContenderId) => medianOf(of(id)?.forwardMs.get(1))
  const ours = of('fusedWebgpu')
  const bytes = int8.forward.get('fusedWebgpu')?.opened.gpuWeightBytes ?? undefined
  const fractionNote = 'int8 matrices and all else in GPU memory, over 4 bytes a parameter'
  return [
    row('webgpu.dispatches', medianOf(ours?.gpu?.map(g => g.dispatches)), 'count'),
    row('webgpu.submits', medianOf(ours?.gpu?.map(g => g.submits)), 'count'),
    row('webgpu.encodeMs', medianOf(ours?.gpu?.map(g => g.encodeMs)), 'ms', 'from the call to the end of its submit'),
    row('webgpu.ratioTfjs', ratio(p50('tfjsWebgpu'), p50('fusedWebgpu')), 'ratio', 'batch 1'),
    row('webgpu.ratioOrt', ratio(p50('ortWebgpu'), p50('fusedWebgpu')), 'ratio', 'batch 1'),
    row('webgpu.weightBytesFraction', bytes && bytes / (4 * parameters), 'fraction', fractionNote),
  ].filter(isMeasured)
}

/** Every forward pass, for whoever wants more than the headlines. */
export function detailRows(prefix: string, { forward, follow, slide }: Measured): Row[] {
  const rows: (Row | null)[] = []
  for (const [id, { opened, forwardMs, gpu, peakMemoryBytes }] of forward) {
    const of = `${prefix}.${id}`
    rows.push(row(`${of}.coldMs`, opened.coldMs, 'ms', opened.uses.join(', ')))
    for (const [size, ms] of forwardMs) {
      rows.push(row(`${of}.batch${size}.p50Ms`, median(ms), 'ms', `${ms.length} runs`))
      rows.push(row(`${of}.batch${size}.p99Ms`, quantile(ms, 0.99), 'ms'))
      rows.push(row(`${of}.batch${size}.minMs`, Math.min(...ms), 'ms'))
    }
    if (gpu) {
      rows.push(row(`${of}.dispatches`, medianOf(gpu.map(g => g.dispatches)), 'count'))
      rows.push(row(`${of}.submits`, medianOf(gpu.map(g => g.submits)), 'count'))
      rows.push(row(`${of}.encodeMs`, medianOf(gpu.map(g => g.encodeMs)), 'ms'))
    }
    if (peakMemoryBytes !== null) rows.push(row(`${of}.peakMemoryBytes`, peakMemoryBytes, 'bytes'))
  }
  for (const [id, ms] of follow ?? []) rows.push(row(`${prefix}.${id}.newCandle.p50Ms`, median(ms), 'ms'))
  for (const [id, rate] of slide?.windowsPerSecond ?? []) {
    rows.push(row(`${prefix}.${id}.backtest.windowsPerSecond`, rate, '1/s'))
  }
  return rows.filter(isMeasured)
}

const isMeasured = (r: Row | null): r is Row => r !== null

/** Absent where nothing was measured. */
const row = (id: string, value: number | undefined, unit: string, note?: string): Row | null =>
  value === undefined ? null : { id, value, unit, ...(note ? { note } : {}) }

const medianOf = (ms: readonly number[] | undefined): number | undefined =>
  ms === undefined || ms.length === 0 ? undefined : median(ms)

const fastest = (...ms: (number | undefined)[]): number | undefined => {
  const measured = ms.filter(x => x !== undefined)
  return measured.length === 0 ? undefined : Math.min(...measured)
}

const ratio = (above: number | undefined, below: number | undefined): number | undefined =>
  above === undefined || below === undefined ? undefined : above / below

/** The figures that the suite is run for, in the order they are shown. */
const HEADLINES: readonly string[] = [
  'macs.referenceStudent',
  'tick.p50Ms',
  'tick.p99Ms',
  'forward.p50Ms',
  'forward.ratioTfjsWasm',
  'forward.ratioOrt',
  'forwardTabulated.p50Ms',
  'forwardTabulated.ratioTfjsWasm',
  'forwardTabulated.ratioOrt',
  'follow.p50Ms',
  'follow.ratioTfjsWasm',
  'follow.ratioOrt',
  'slide.windowsPerSecond',
  'slide.ratioTfjsWasm',
  'slide.ratioOrt',
  'lite.forecastsPerSecond',
  'webgpu.dispatches',
  'webgpu.submits',
  'webgpu.encodeMs',
  'webgpu.ratioTfjs',
  'webgpu.ratioOrt',
  'webgpu.weightBytesFraction',
  'load.gzipBytes',
  'coldStart.ms',
]

export const isHeadline = ({ id }: Row): boolean => HEADLINES.includes(id)

export const headlineTable = (rows: readonly Row[]): Table => ({
  title: 'Headlines',
  header: ['', 'measured', 'unit', 'how'],
  words: [2, 3],
  rows: HEADLINES.flatMap(id => rows.filter(r => r.id === id)).map(({ id, value, unit, note = '' }) => [
    id,
    figure(value),
    unit,
    note,
  ]),
})
