import type { Candle } from 'edgequant'
import {
  CandlestickSeries,
  createChart,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  type UTCTimestamp,
} from 'lightweight-charts'
import { formatPrice, priceDigits } from '../app/format.ts'
import type { Palette } from '../app/theme.ts'
import { AttentionRibbon } from './attention-ribbon.ts'
import { ForecastFan } from './forecast-fan.ts'
import { SignalMarks } from './signal-marks.ts'

const RIBBON_STRETCH = 0.34
/** Candles of history in view beside a forecast. */
const HISTORY_IN_VIEW = 110
const HISTORY_IN_VIEW_NARROW = 48
/** The price axis and the names of bands and horizons, right of the fan. */
const AXIS_PX = 64
const LABELS_PX = 42

/** Replay moves by so few that changing the series beats making it anew. */
const FEW_CANDLES = 50
/** The chart goes over all of its candles whenever one comes: it gets no more than someone scrolls through. */
const DRAWN_CANDLES = 2_000

const seconds = (timeMs: number) => (timeMs / 1000) as UTCTimestamp

/** The price chart with its drawings. An index on the time axis is an index into `candles`, also beyond their end. */
export interface PriceChart {
  readonly fan: ForecastFan
  readonly marks: SignalMarks
  readonly ribbon: AttentionRibbon
  /** Fixes the time axis to all candles and `ahead` more. */
  setAxis(candles: readonly Candle[], stepMs: number, ahead: number): void
  /** Shows the candles up to `index`. */
  showUntil(index: number): void
  /** Scrolls so that `index` and the fan after it are in view. */
  follow(index: number, ahead: number): void
  setPalette(palette: Palette): void
  /** A click or tap on a candle. */
  onClick(listener: (index: number) => void): void
  /** The candle under the pointer, or null. */
  onHover(listener: (index: number | null) => void): void
}

export function createPriceChart(container: HTMLElement, palette: Palette): PriceChart {
  const chart: IChartApi = createChart(container, {
    autoSize: true,
    rightPriceScale: { borderVisible: false, entireTextOnly: true, scaleMargins: { top: 0.14, bottom: 0.1 } },
    timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, lockVisibleTimeRangeOnResize: true },
    crosshair: { mode: 0 },
    handleScroll: { vertTouchDrag: false },
  })
  const axis = chart.addSeries(LineSeries, { visible: false, priceLineVisible: false, lastValueVisible: false })
  const series: ISeriesApi<'Candlestick'> = chart.addSeries(CandlestickSeries, { priceLineVisible: false })
  const fan = new ForecastFan(palette)
  const marks = new SignalMarks(palette)
  const ribbon = new AttentionRibbon(palette)
  series.attachPrimitive(fan)
  series.attachPrimitive(marks)
  const ribbonPane = chart.addPane(true)
  ribbonPane.attachPrimitive(ribbon)
  ribbonPane.setStretchFactor(RIBBON_STRETCH)

  let candles: readonly Candle[] = []
  /** First and last candle in the series. */
  let first = 0
  let shown = -1
  // Asking the element during replay would make the browser lay out the page for each candle.
  let width = container.clientWidth
  new ResizeObserver(() => {
    width = container.clientWidth
  }).observe(container)
  const bar = ({ openTimeMs, open, high, low, close }: Candle) => ({
    time: seconds(openTimeMs),
    open,
    high,
    low,
    close,
  })

  const setPalette = ({ muted, faint, line, panel, accent, up, down, font }: Palette) => {
    chart.applyOptions({
      layout: {
        background: { color: panel },
        textColor: muted,
        fontFamily: font,
        fontSize: 11,
        // The status bar carries the attribution: the logo would lie on the ribbon.
        attributionLogo: false,
        panes: { separatorColor: line, enableResize: false },
      },
      grid: { vertLines: { visible: false }, horzLines: { color: line } },
      crosshair: {
        vertLine: { color: muted, labelBackgroundColor: accent },
        horzLine: { color: muted, labelBackgroundColor: accent },
      },
    })
    // Hollow when up, solid when down: told apart without colour as well.
    series.applyOptions({
      upColor: panel,
      downColor: down,
      borderUpColor: up,
      borderDownColor: down,
      wickUpColor: up,
      wickDownColor: down,
      priceLineColor: faint,
    })
  }
  setPalette(palette)

  return {
    fan,
    marks,
    ribbon,
    setPalette,
    setAxis(all, stepMs, ahead) {
      candles = all
      shown = -1
      const end = all[all.length - 1]
      const times = [
        ...all.map(c => c.openTimeMs),
        ...Array.from({ length: ahead }, (_, i) => end.openTimeMs + (i + 1) * stepMs),
      ]
      const priceFormat = { type: 'custom', minMove: 10 ** -priceDigits(end.close), formatter: formatPrice } as const
      axis.applyOptions({ priceFormat })
      series.applyOptions({ priceFormat })
      series.setData([])
      axis.setData(times.map(time => ({ time: seconds(time) })))
    },
    showUntil(index) {
      if (index === shown) return
      const moved = index - shown
      if (shown < 0 || Math.abs(moved) > FEW_CANDLES || index - first < FEW_CANDLES) {
        first = Math.max(0, index + 1 - DRAWN_CANDLES)
        series.setData(candles.slice(first, index + 1).map(bar))
      } else if (moved < 0) series.pop(-moved)
      else for (const candle of candles.slice(shown + 1, index + 1)) series.update(bar(candle))
      shown = index
    },
    follow(index, ahead) {
      const history = width < 560 ? HISTORY_IN_VIEW_NARROW : HISTORY_IN_VIEW
      const spacing = (width - AXIS_PX - LABELS_PX) / (history + ahead)
      chart.timeScale().setVisibleLogicalRange({ from: index - history, to: index + ahead + LABELS_PX / spacing })
    },
    onClick(listener) {
      chart.subscribeClick(({ logical }) => {
        if (logical !== undefined) listener(Math.round(logical))
      })
    },
    onHover(listener) {
      chart.subscribeCrosshairMove(({ logical, point }) => {
        listener(point === undefined || logical === undefined ? null : Math.round(logical))
      })
    },
  }
}
