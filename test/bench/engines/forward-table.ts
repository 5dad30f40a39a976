import type { Table } from '../report.ts'
import { figure, median, quantile } from '../statistics.ts'
import { type ContenderId, factsOf } from './contenders.ts'
import type { Measured } from './measure.ts'
import { type ContenderFigures, SIZES } from './workload/forward.ts'

const ABSENT = '–'
const MEBIBYTE = 2 ** 20

const HEADER = [
  '',
  ...SIZES.flatMap(size => (size === 1 ? ['1: p50 ms', 'p99'] : [`${size}: ms a window`])),
  'cold ms',
  'dispatches / submits',
  'encode ms',
  'memory MiB',
]

/** All contenders on one subject. */
export const forwardTable = (title: string, { forward }: Measured): Table => ({
  title,
  note: 'Warm medians by batch size; cold: from loading the runtime to the first forecast; memory: peak of the process beyond its start, on a GPU the buffers.',
  header: HEADER,
  rows: [...forward].map(([id, figures]) => line(id, figures)),
})

function line(id: ContenderId, { forwardMs, opened, gpu, peakMemoryBytes }: ContenderFigures): string[] {
  const times = SIZES.flatMap(size => {
    const ms = forwardMs.get(size)
    if (!ms) return size === 1 ? [ABSENT, ABSENT] : [ABSENT]
    return size === 1 ? [figure(median(ms)), figure(quantile(ms, 0.99))] : [figure(median(ms) / size)]
  })
  return [
    factsOf(id).title,
    ...times,
    figure(opened.coldMs),
    gpu ? `${median(gpu.map(g => g.dispatches))} / ${median(gpu.map(g => g.submits))}` : ABSENT,
    gpu ? figure(median(gpu.map(g => g.encodeMs))) : ABSENT,
    peakMemoryBytes === null ? ABSENT : figure(peakMemoryBytes / MEBIBYTE),
  ]
}

/** New candles, and all windows of a long series. */
export function seriesTable(title: string, { follow, slide }: Measured, source: string): Table | null {
  if (!follow || !slide) return null
  return {
    title,
    note: `A new candle: follow() for ours, a forward pass for the others. Backtest: ${slide.windows} windows of ${source} at once for ours, batches of their best size for the others. One thread each.`,
    header: ['', 'new candle: p50 ms', 'p99', 'backtest: windows/s'],
    rows: [...follow].map(([id, ms]) => [
      factsOf(id).title,
      figure(median(ms)),
      figure(quantile(ms, 0.99)),
      figure(slide.windowsPerSecond.get(id)!),
    ]),
  }
}
