import { timeframeMs } from 'edgequant'
import { fill, h } from '../app/dom.ts'
import type { Bus } from '../app/events.ts'
import { formatCostBps, formatDuration, formatRatio } from '../app/format.ts'
import type { AppStore, LabSettings } from '../app/state.ts'
import { SLIPPAGE_BPS } from '../control/deciding.ts'

const PERIODS_DAYS = [30, 60, 180]

interface Slider {
  readonly key: 'edgeMultiplier' | 'feeBps'
  readonly label: string
  readonly sentence: string
  readonly min: number
  readonly max: number
  readonly step: number
  format(value: number): string
}

const SLIDERS: readonly Slider[] = [
  {
    key: 'edgeMultiplier',
    label: 'Gate',
    sentence:
      'Act only when the expected return exceeds the round-trip cost times the model\u2019s threshold times this. 1× is as shipped; 0× acts on anything.',
    min: 0,
    max: 3,
    step: 0.1,
    format: value => `${formatRatio(value, 1)}×`,
  },
  {
    key: 'feeBps',
    label: 'Fee',
    sentence: `Exchange fee, one-way, on traded notional. ${SLIPPAGE_BPS} bp of slippage is added to it.`,
    min: 0,
    max: 20,
    step: 0.5,
    format: formatCostBps,
  },
]

/** The settings that rule the decision, the marks on the chart and the backtest together. */
export function createLabControls(store: AppStore, bus: Bus): HTMLElement {
  const horizon = h('div', { class: 'segments', role: 'group', 'aria-label': 'Horizon' })
  const period = h('div', { class: 'segments', role: 'group', 'aria-label': 'Period' })

  const segment = (text: string, chosen: boolean, change: Partial<LabSettings>) =>
    h('button', { 'aria-pressed': String(chosen), onclick: () => bus.emit('changeLab', change) }, text)

  store.watch(['manifest', 'settings'], ({ manifest, settings }) => {
    if (!manifest) {
      for (const group of [horizon, period]) fill(group, h('button', { disabled: true }, 'known with the model'))
      return
    }
    const candleMs = timeframeMs(manifest.timeframe)
    fillKeepingFocus(
      horizon,
      manifest.horizons.map(horizonCandles =>
        segment(formatDuration(horizonCandles * candleMs), horizonCandles === settings.horizonCandles, {
          horizonCandles,
        }),
      ),
    )
    fillKeepingFocus(
      period,
      PERIODS_DAYS.map(days => segment(`${days} d`, days === settings.days, { days })),
    )
  })

  return h(
    'div',
    { class: 'lab-controls' },
    ...SLIDERS.map(slider => createSlider(slider, store, bus)),
    h(
      'div',
      { class: 'control' },
      h('span', { tabindex: 0, 'data-why': 'Which forecast horizon is traded.' }, 'Horizon'),
      horizon,
    ),
    h(
      'div',
      { class: 'control' },
      h(
        'span',
        { tabindex: 0, 'data-why': 'The newest days of the data; the model forecasts every candle of them once.' },
        'Period',
      ),
      period,
    ),
  )
}

function createSlider(
  { key, label, sentence, min, max, step, format }: Slider,
  store: AppStore,
  bus: Bus,
): HTMLElement {
  const input = h('input', {
    type: 'range',
    min,
    max,
    step,
    name: key,
    'aria-label': label,
    oninput: () => bus.emit('changeLab', { [key]: Number(input.value) }),
  })
  const output = h('output', {})
  store.watch(['settings'], ({ settings }) => {
    input.value = String(settings[key])
    input.style.setProperty('--filled', `${((settings[key] - min) / (max - min)) * 100}%`)
    input.setAttribute('aria-valuetext', format(settings[key]))
    output.textContent = format(settings[key])
  })
  return h('label', { class: 'control' }, h('span', { tabindex: 0, 'data-why': sentence }, label), input, output)
}

function fillKeepingFocus(element: HTMLElement, buttons: HTMLElement[]): void {
  const focused = [...element.children].indexOf(document.activeElement!)
  fill(element, ...buttons)
  buttons[focused]?.focus()
}
