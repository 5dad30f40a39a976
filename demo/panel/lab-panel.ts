import type { BacktestReport } from 'edgequant'
import { fill, h } from '../app/dom.ts'
import type { Bus } from '../app/events.ts'
import { formatPercent, formatShare } from '../app/format.ts'
import type { AppStore, State } from '../app/state.ts'
import { readPalette } from '../app/theme.ts'
import { createEquityChart } from './equity-chart.ts'
import { createLabControls } from './lab-controls.ts'
import { labSummary } from './lab-summary.ts'
import { metricsTable } from './metrics-table.ts'

/** How the decisions would have worked out after costs, beside doing something simpler. */
export function createLabPanel(store: AppStore, bus: Bus): HTMLElement {
  const summary = h('p', { class: 'lab-summary', role: 'status' })
  const canvas = h('div', { class: 'equity-canvas', role: 'img', 'aria-label': 'Equity curves' })
  const message = h('div', { class: 'lab-message' })
  const metrics = h('div', { class: 'lab-metrics' })
  const close = h(
    'button',
    { class: 'icon sheet-only', 'aria-label': 'Close the backtest lab', onclick: () => bus.emit('toggleLab') },
    '✕',
  )
  const element = h(
    'section',
    { class: 'panel lab', 'aria-label': 'Backtest lab' },
    h('div', { class: 'lab-head' }, h('h2', {}, 'Backtest lab'), summary, close),
    createLabControls(store, bus),
    h('div', { class: 'equity' }, canvas, message),
    metrics,
  )
  const chart = createEquityChart(canvas)

  store.watch(['lab', 'phase', 'theme'], state => {
    const { report, progress, failure } = state.lab
    element.setAttribute('aria-busy', String(progress !== null))
    fill(message, statusMessage(state))
    message.hidden = message.childElementCount === 0
    canvas.style.visibility = report ? 'visible' : 'hidden'
    if (!report) {
      fill(summary)
      fill(
        metrics,
        !failure && h('p', { class: 'empty' }, 'Returns, drawdown and their intervals appear with the equity curves.'),
      )
      return
    }
    chart.show(report, state.nowMs, readPalette())
    fill(metrics, metricsTable(report))
    fill(summary, ...labSummary(report, state.manifest!, state.market!))
    canvas.setAttribute('aria-label', equitySentence(report))
  })
  store.watch(['nowMs'], ({ nowMs }) => chart.moveClock(nowMs))
  return element
}

function statusMessage({ lab: { failure, progress, report }, phase }: Readonly<State>): HTMLElement | null {
  if (failure)
    return h('div', { class: 'problem', role: 'alert' }, h('strong', {}, failure.title), h('p', {}, failure.message))
  if (progress !== null && !report) {
    return h(
      'div',
      { class: 'lab-progress' },
      h('p', { class: 'muted' }, `The model is forecasting every candle of the period: ${formatShare(progress)}`),
      h('progress', { value: progress, max: 1 }),
    )
  }
  if (report) return null
  return h(
    'p',
    { class: 'empty' },
    phase === 'failed'
      ? 'There is nothing to backtest without a model.'
      : 'The backtest starts when the model is loaded.',
  )
}

const equitySentence = ({ result, baselines }: BacktestReport) =>
  `Equity after costs: ${[result, ...baselines].map(r => `${r.name} ${formatPercent(r.metrics.totalReturnFraction)}`).join(', ')}.`
