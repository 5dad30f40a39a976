import { computePanel } from '../../../sdk/feature/compute-features.ts'
import { FeatureStream } from '../../../sdk/feature/feature-stream.ts'
import { liveBytes } from '../../fixtures/live-memory.ts'
import type { Row, Table } from '../report.ts'
import { figure, median } from '../statistics.ts'
import { benchPanel, pushTicks, recipeProgram } from './market.ts'

const MARKET = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] as const
const FULL = { candles: 1_000_000, repeats: 3 }
const QUICK = { candles: 100_000, repeats: 2 }
/** Ticks after which whatever is allocated once has been. */
const WARM_UP = 20_000

/** The recipe's set over a long series, at once and candle by candle. */
export function measureThroughput(quick: boolean): { rows: Row[]; table: Table } {
  const { candles, repeats } = quick ? QUICK : FULL
  const program = recipeProgram(MARKET, 1)
  const panel = benchPanel(MARKET, candles)
  const features = program.observed[0].length + program.known[0].length
  const batch: number[] = []
  const stream: number[] = []
  let grownBytes = 0
  for (let i = 0; i < repeats; i++) {
    const running = new FeatureStream(program)
    pushTicks(running, panel, 0, WARM_UP)
    const before = liveBytes()
    const spent = seconds(() => pushTicks(running, panel, WARM_UP, candles))
    grownBytes = liveBytes() - before
    stream.push((spent * candles) / (candles - WARM_UP))
    batch.push(seconds(() => void computePanel(program, panel)))
  }
  const what = `${features} features of one symbol, ${program.observed[0].length} of them observed, market of ${MARKET.length} symbols, ${candles.toLocaleString('en-US')} candles each`
  const rows: Row[] = [
    { id: 'batch.rowsPerSecond', value: candles / median(batch), unit: '1/s', note: what },
    { id: 'streaming.rowsPerSecond', value: candles / median(stream), unit: '1/s', note: 'the same, tick by tick' },
    {
      id: 'batch.nsPerFeature',
      value: (median(batch) * 1e9) / candles / program.observed[0].length,
      unit: 'ns',
      note: 'a value of an observed feature, intermediate series included',
    },
    {
      id: 'streaming.heapGrowthBytes',
      value: grownBytes,
      unit: 'bytes',
      note: `live heap after ${(candles - WARM_UP).toLocaleString('en-US')} ticks, beyond that after ${WARM_UP.toLocaleString('en-US')}`,
    },
  ]
  const table: Table = {
    title: 'The recipe’s set, in Node',
    note: `Medians of ${repeats}.`,
    header: ['figure', 'value', 'unit', 'how'],
    words: [2, 3],
    rows: rows.map(({ id, value, unit, note = '' }) => [id, figure(value), unit, note]),
  }
  return { rows, table }
}

function seconds(work: () => void): number {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}
