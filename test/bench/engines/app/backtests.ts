import type { Row, Table } from '../../report.ts'
import { figure } from '../../statistics.ts'
import { benchCandles } from '../recorded-series.ts'
import type { BuiltApp } from './build-app.ts'
import { BUNDLES, backtestAll } from './drive.ts'

/** `service.backtest` of a long series on the page: features, every forecast, trades, baselines and statistics. */
export async function measureBacktests(app: BuiltApp): Promise<{ rows: Row[]; table: Table }> {
  const rows: Row[] = []
  const lines: string[][] = []
  for (const bundle of BUNDLES) {
    const { firstMs, secondMs, windows, uses } = await backtestAll(app, bundle, { engine: 'wasm' })
    const note = [`${windows} windows`, ...uses].join(', ')
    const of = `app.${bundle}.backtest`
    rows.push({ id: `${of}.firstSeconds`, value: firstMs / 1000, unit: 's', note })
    rows.push({ id: `${of}.secondSeconds`, value: secondMs / 1000, unit: 's', note })
    lines.push([bundle, figure(firstMs / 1000), figure(secondMs / 1000), String(windows), uses.join(', ')])
  }
  return {
    rows,
    table: {
      title: 'A whole backtest in a worker',
      note: `service.backtest of ${benchCandles().source}: features, a forecast per candle, trades, baselines, statistics. The second one finds helping workers started.`,
      header: ['', 'first s', 'second s', 'windows', 'uses'],
      words: [4],
      rows: lines,
    },
  }
}
