import { sliceRows } from '../../sdk/feature/slice-rows.ts'
import type { Dataset } from '../train/dataset.ts'
import { panelOf } from '../train/feature-set.ts'
import type { SeriesRange } from './evaluation.ts'

/**
 * The test windows of a dataset as ranges of candles, one per contiguous segment: `historyCandles` before the first row
 * for warm-up, and after the last one as many as the longest horizon needs.
 */
export function testRanges(dataset: Dataset, historyCandles: number): SeriesRange[] {
  const longest = Math.max(...dataset.horizons)
  return dataset.segments.flatMap((segment, s) => {
    const rows = dataset.test.index.filter((_, row) => dataset.test.segment[row] === s)
    if (rows.length === 0) return []
    const first = rows.reduce((a, b) => Math.min(a, b))
    const last = rows.reduce((a, b) => Math.max(a, b))
    const start = Math.max(0, first - historyCandles)
    const series = sliceRows(segment.table.series, start, Math.min(last + longest + 1, segment.table.series.length))
    return [{ series, panel: panelOf(series, dataset.market), from: first - start, to: last + 1 - start }]
  })
}
