import { type Candle, timeframeMs } from 'edgequant'
import { fill, h } from '../app/dom.ts'
import type { Bus } from '../app/events.ts'
import { formatDuration, formatPercent, formatPrice, formatSpan } from '../app/format.ts'
import type { AppStore, State } from '../app/state.ts'
import { readPalette } from '../app/theme.ts'
import { fanShape } from '../chart/fan-shape.ts'
import { createPriceChart } from '../chart/price-chart.ts'
import type { Signal } from '../chart/signal-marks.ts'
import { closeTimeMs, indexAt, type SymbolCandles } from '../data/market.ts'
import { forecastSentence } from './sentence.ts'

/** What is shown at the moment: the symbol's candles and the index of the newest one known. */
interface Shown {
  readonly data: SymbolCandles
  readonly index: number
}

const shownOf = ({ market, symbol, nowMs }: Readonly<State>): Shown | null => {
  const data = market?.symbols.get(symbol ?? '')
  return market && data ? { data, index: indexAt(data, market.timeframe, nowMs) } : null
}

/** Candles, forecast fan, what the gate said, and what the model looked at: one time axis. */
export function createChartPanel(store: AppStore, bus: Bus): HTMLElement {
  const readout = h('div', { class: 'chart-readout', 'aria-hidden': 'true' })
  const canvas = h('div', { class: 'chart-canvas', role: 'img', 'aria-label': 'Price chart: no forecast yet.' })
  const element = h('section', { class: 'panel chart', 'aria-label': 'Price and forecast' }, readout, canvas)
  const chart = createPriceChart(canvas, readPalette())

  let signals: ReadonlyMap<number, Signal> = new Map()
  let hovered: number | null = null

  const drawReadout = () => {
    const shown = shownOf(store.state)
    const { market, forecast } = store.state
    if (!shown || !market) return fill(readout)
    const index = hovered !== null && hovered >= 0 && hovered <= shown.index ? hovered : shown.index
    const candle = shown.data.candles[index]
    const signal = signals.get(index)
    fill(
      readout,
      h('strong', {}, `${shown.data.symbol} ${market.timeframe}`),
      h('span', { class: 'muted' }, formatSpan(candle.openTimeMs, closeTimeMs(candle, market.timeframe))),
      ...priceParts(candle),
      signal &&
        h(
          'span',
          { class: 'signal' },
          `${signal.kind === 'abstain' ? '○' : signal.side === 'buy' ? '▲' : '▼'} ${signal.text}`,
        ),
      !signal && !forecast && h('span', { class: 'muted' }, 'computing the forecast …'),
    )
  }

  const drawFan = ({ forecast, market, settings, showOutcome }: Readonly<State>) => {
    const shown = shownOf(store.state)
    const palette = readPalette()
    if (!shown || !market || !forecast || forecast.symbol !== shown.data.symbol) {
      chart.fan.show(null, palette)
      chart.ribbon.show(null, palette)
      return
    }
    const { data } = shown
    const index = indexAt(data, market.timeframe, forecast.asOfMs)
    const label = (ms: number) => formatDuration(ms)
    const shape = fanShape(forecast, label)
    const tradedOffset = settings.horizonCandles ?? 0
    const longest = shape.offsets.length - 1
    const outcome = showOutcome ? data.candles.slice(index + 1, index + 1 + longest).map(candle => candle.close) : []
    chart.fan.show({ shape, index, outcome, tradedOffset }, palette)

    const { explanation } = forecast
    const startMs = data.candles[0].openTimeMs
    const stepMs = timeframeMs(market.timeframe)
    chart.ribbon.show(
      explanation && {
        indices: explanation.stepTimesMs.map(timeMs => Math.round((timeMs - startMs) / stepMs)),
        rows: forecast.horizons.map(({ horizonCandles }, row) => ({
          label: label(horizonCandles * stepMs),
          weights: explanation.attention[row],
          traded: horizonCandles === tradedOffset,
        })),
      },
      palette,
    )
    canvas.setAttribute('aria-label', forecastSentence(forecast, settings.horizonCandles))
    canvas.dataset.forecastAsOf = String(forecast.asOfMs)
  }

  store.watch(['market', 'symbol', 'manifest', 'theme'], ({ market, manifest }) => {
    const shown = shownOf(store.state)
    chart.setPalette(readPalette())
    if (shown && market && manifest) {
      chart.setAxis(shown.data.candles, timeframeMs(market.timeframe), manifest.horizons.at(-1)!)
    }
  })
  store.watch(['market', 'symbol', 'nowMs', 'theme'], ({ manifest }) => {
    const shown = shownOf(store.state)
    if (!shown || !manifest) return
    chart.showUntil(shown.index)
    chart.follow(shown.index, manifest.horizons.at(-1)!)
    drawReadout()
  })
  store.watch(['forecast', 'settings', 'showOutcome', 'symbol', 'theme'], state => {
    drawFan(state)
    drawReadout()
  })
  store.watch(['lab', 'symbol', 'nowMs', 'theme'], ({ lab, market }) => {
    const shown = shownOf(store.state)
    const fresh = lab.report?.symbol === shown?.data.symbol ? lab.report : null
    signals = shown && market && fresh ? indexSignals(fresh.signals, shown, market.timeframe) : new Map()
    chart.marks.show(signals, index => shown?.data.candles[index], readPalette())
    drawReadout()
  })
  chart.onClick(index => {
    const shown = shownOf(store.state)
    const candle = shown?.data.candles[index]
    if (shown && candle && index <= shown.index) {
      bus.emit('jumpTo', { timeMs: closeTimeMs(candle, store.state.market!.timeframe) })
    }
  })
  chart.onHover(index => {
    hovered = index
    drawReadout()
  })
  return element
}

/** By candle, and none that the replay clock does not know yet. */
function indexSignals(
  signals: readonly Signal[],
  { data, index: newest }: Shown,
  timeframe: Parameters<typeof indexAt>[1],
) {
  return new Map(
    signals
      .map((signal): [number, Signal] => [indexAt(data, timeframe, signal.timeMs), signal])
      .filter(([index]) => index <= newest),
  )
}

function priceParts({ open, high, low, close }: Candle): HTMLElement[] {
  const part = (name: string, value: string, kind = '') =>
    h('span', { class: `quote ${kind}` }, name !== '' && h('span', { class: 'muted' }, name), value)
  const change = close / open - 1
  return [
    part('O', formatPrice(open)),
    part('H', formatPrice(high)),
    part('L', formatPrice(low)),
    part('C', formatPrice(close)),
    part('', formatPercent(change, 2), change >= 0 ? 'up' : 'down'),
  ]
}
