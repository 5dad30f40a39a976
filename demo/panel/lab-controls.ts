import { timeframeMs } from 'edgequant'
import { h } from '../app/dom.ts'
import type { Bus } from '../app/events.ts'
import { formatCostBps, formatDuration, formatRatio } from '../app/format.ts'
import type { AppStore } from '../app/state.ts'
import { SLIPPAGE_BPS } from '../control/deciding.ts'
import { createSlider } from './slider.ts'

const PERIODS_DAYS = [30, 60, 180]

/** The settings that rule the decision, the marks on the chart and the backtest together. */
export function createLabControls(store: AppStore, bus: Bus): HTMLElement {
  const gate = createSlider({
    name: 'edgeMultiplier',
    label: 'Gate',
    sentence:
      'Act only when the expected return exceeds the round-trip cost times the model\u2019s threshold times this. 1× is as shipped; 0× acts on any edge.',
    onInput: edgeMultiplier => bus.emit('changeLab', { edgeMultiplier }),
  })
  const fee = createSlider({
    name: 'feeBps',
    label: 'Fee',
    sentence: `Exchange fee, one-way, on traded notional. ${SLIPPAGE_BPS} bp of slippage is added to it.`,
    onInput: feeBps => bus.emit('changeLab', { feeBps }),
  })
  const horizon = createSlider({
    name: 'horizon',
    label: 'Horizon',
    sentence: 'Which of the model\u2019s forecast horizons is traded.',
    onInput: index => bus.emit('changeLab', { horizonCandles: store.state.manifest!.horizons[index] }),
  })

  store.watch(['settings', 'manifest'], ({ settings, manifest }) => {
    const { edgeMultiplier, feeBps, horizonCandles } = settings
    gate.show({ min: 0, max: 3, step: 0.1, value: edgeMultiplier, text: `${formatRatio(edgeMultiplier, 1)}×` })
    fee.show({ min: 0, max: 20, step: 0.5, value: feeBps, text: formatCostBps(feeBps) })
    if (!manifest || horizonCandles === null) return horizon.show(null)
    const { horizons, timeframe } = manifest
    const text = formatDuration(horizonCandles * timeframeMs(timeframe))
    horizon.show({ min: 0, max: horizons.length - 1, step: 1, value: horizons.indexOf(horizonCandles), text })
  })
  return h('div', { class: 'lab-controls' }, gate.element, fee.element, horizon.element, createPeriod(store, bus))
}

/** How far back the backtest goes. */
function createPeriod(store: AppStore, bus: Bus): HTMLElement {
  const buttons = PERIODS_DAYS.map(days => h('button', { onclick: () => bus.emit('changeLab', { days }) }, `${days} d`))
  const sentence = 'The newest days of the data; the model forecasts every candle of them once.'
  const label = h('span', { tabindex: 0, 'data-why': sentence }, 'Period')
  store.watch(['settings'], ({ settings }) => {
    buttons.forEach((button, i) => {
      button.setAttribute('aria-pressed', String(PERIODS_DAYS[i] === settings.days))
    })
  })
  return h(
    'div',
    { class: 'control' },
    label,
    h('div', { class: 'segments', role: 'group', 'aria-label': 'Period' }, ...buttons),
  )
}
