import type { RunDirectory } from '../../registry/run-directory.ts'
import { day, integer, list } from '../../report/format.ts'
import { type Dataset, prepareDataset } from '../../train/dataset.ts'
import { type RunContext, type RunData, timed } from '../run-context.ts'
import type { Terminal } from '../terminal.ts'
import { loadPanel } from './load-panel.ts'
import { obtainCandles } from './obtain-candles.ts'

/** Data → validated series → features → scaled windows, with a line on each. */
export async function openContext(run: RunDirectory, terminal: Terminal): Promise<RunContext> {
  const data = await timed(run, 'data', () => obtainCandles(run, terminal))
  const dataset = await timed(run, 'features', () => prepare(run, data))
  describe(dataset, terminal)
  return { run, terminal, data, dataset }
}

async function prepare({ config: asked }: RunDirectory, data: RunData): Promise<Dataset> {
  // The data decide which of the symbols there are; the config's order is kept where it has one.
  const symbols = data.files.map(file => file.symbol)
  const config = { ...asked, data: { ...asked.data, symbols } }
  return prepareDataset(config, data.files, await loadPanel(config, data.files))
}

function describe({ segments, features, train, calibration, test, split }: Dataset, terminal: Terminal): void {
  const symbols = [...new Set(segments.map(s => s.symbol))]
  const pieces = symbols
    .map(symbol => ({ symbol, count: segments.filter(s => s.symbol === symbol).length }))
    .filter(({ count }) => count > 1)
    .map(({ symbol, count }) => `${symbol} into ${count}`)
  terminal.stage(
    'validate',
    `${symbols.length} symbols are sound.${pieces.length > 0 ? ` Long gaps cut ${list(pieces)} pieces.` : ''}`,
  )
  const warmup = Math.max(...features.map(f => f.warmupCandles))
  terminal.stage('features', `${features.length} features, warm-up ${warmup} candles`)
  terminal.line(
    `windows: ${integer(train.length)} to train, ${integer(calibration.length)} to calibrate, ${integer(test.length)} to test (from ${day(split.test.startTimeMs)})`,
  )
}
