import type { BacktestReport, Interval, StrategyResult } from 'edgequant'
import { h, why } from '../app/dom.ts'
import { formatCount, formatPercent, formatRatio, formatShare } from '../app/format.ts'

type Cell = { readonly text: string; readonly interval?: string; readonly undefinedReason?: string }

interface Row {
  readonly name: string
  readonly sentence: string
  cell(result: StrategyResult): Cell
}

const ratio = (
  { metrics }: StrategyResult,
  key: 'sharpe' | 'hitRateFraction',
  format: (value: number) => string,
): Cell => {
  const value = metrics[key]
  return value === null
    ? { text: '–', undefinedReason: metrics.undefinedReasons[key] ?? 'Not defined.' }
    : { text: format(value) }
}

const within = (interval: Interval | null, format: (value: number) => string): { interval?: string } =>
  interval ? { interval: `${format(interval.low)} … ${format(interval.high)}` } : {}

const ROWS: readonly Row[] = [
  {
    name: 'Return',
    sentence: 'Total over the period, after costs; beneath it the 90 % interval of a stationary bootstrap.',
    cell: r => ({
      text: formatPercent(r.metrics.totalReturnFraction),
      ...within(r.intervals.totalReturnFraction, v => formatPercent(v, 0)),
    }),
  },
  {
    name: 'Sharpe',
    sentence:
      'Annualised mean return over its standard deviation; beneath it the bootstrap interval. When it includes 0, luck may explain the result.',
    cell: r => ({
      ...ratio(r, 'sharpe', v => formatRatio(v, 1)),
      ...within(r.intervals.sharpe, v => formatRatio(v, 1)),
    }),
  },
  {
    name: 'Max drawdown',
    sentence: 'Deepest fall of equity below its peak so far.',
    cell: r => ({ text: formatShare(r.metrics.maxDrawdownFraction, 1) }),
  },
  {
    name: 'Hit rate',
    sentence: 'Share of closed trades that made money.',
    cell: r => ratio(r, 'hitRateFraction', v => formatShare(v)),
  },
  {
    name: 'Exposure',
    sentence: 'Mean absolute position over equity.',
    cell: r => ({ text: formatShare(r.metrics.exposureFraction) }),
  },
  { name: 'Trades', sentence: 'Fills, each paid for.', cell: r => ({ text: formatCount(r.metrics.trades) }) },
  {
    name: 'Costs paid',
    sentence: 'Fees and slippage, as a share of the starting capital.',
    cell: r => ({ text: formatShare(r.metrics.costsQuote / r.equity[0], 1) }),
  },
]

/** Ours beside the baselines: same candles, same costs, same period. */
export function metricsTable({ result, baselines }: BacktestReport): HTMLTableElement {
  const columns = [result, ...baselines]
  return h(
    'table',
    { class: 'figures metrics' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('td', {}),
        ...columns.map((c, i) =>
          h('th', { scope: 'col' }, h('span', { class: `swatch swatch-${i}` }), i === 0 ? 'EdgeQuant' : c.name),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      ...ROWS.map(({ name, sentence, cell }) =>
        h('tr', {}, h('th', { scope: 'row' }, why(sentence, name)), ...columns.map(c => metricCell(cell(c)))),
      ),
    ),
  )
}

const metricCell = ({ text, interval, undefinedReason }: Cell) =>
  h(
    'td',
    {},
    undefinedReason === undefined ? text : why(undefinedReason, text),
    interval !== undefined && h('small', { class: 'interval' }, interval),
  )
