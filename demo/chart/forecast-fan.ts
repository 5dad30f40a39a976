import type { AutoscaleInfo } from 'lightweight-charts'
import { type Palette, withAlpha } from '../app/theme.ts'
import type { FanShape } from './fan-shape.ts'
import { type Plot, SeriesDrawing } from './primitive.ts'

/** Opacity of each band, widest first: where more outcomes are expected the fan is denser. */
const BAND_ALPHA = [0.13, 0.15, 0.2]
const LABEL_GAP_PX = 13
const LABEL_MARGIN_PX = 4

export interface Fan {
  readonly shape: FanShape
  /** Index of the candle whose close the forecast was made at. */
  readonly index: number
  /** Closes that came afterwards, when they may be shown. */
  readonly outcome: readonly number[]
  /** The horizon that is traded, in candles. */
  readonly tradedOffset: number
}

/** The forecast: bands of 50, 80 and 90 %, the median, and its horizons. */
export class ForecastFan extends SeriesDrawing {
  private fan: Fan | null = null

  constructor(private palette: Palette) {
    super()
  }

  show(fan: Fan | null, palette: Palette): void {
    this.fan = fan
    this.palette = palette
    this.redraw()
  }

  /** Keeps the whole fan in view, and what came. */
  autoscaleInfo(): AutoscaleInfo | null {
    if (!this.fan) return null
    const { low, high } = this.fan.shape.bands[0]
    const { outcome } = this.fan
    return {
      priceRange: {
        minValue: Math.min(...low.prices, ...outcome),
        maxValue: Math.max(...high.prices, ...outcome),
      },
    }
  }

  protected override draw(plot: Plot): void {
    const { fan } = this
    if (!fan) return
    const { shape } = fan
    const x = (offset: number) => plot.x(fan.index + offset)
    this.drawHorizons(plot, fan, x)
    shape.bands.forEach((band, i) => {
      plot.context.beginPath()
      trace(plot, shape.offsets.map(x), band.high.prices.map(plot.y))
      trace(plot, shape.offsets.map(x).reverse(), band.low.prices.map(plot.y).reverse(), 'continue')
      plot.context.fillStyle = withAlpha(this.palette.accent, BAND_ALPHA[i] ?? BAND_ALPHA[2])
      plot.context.fill()
    })
    this.drawMedian(plot, shape, x)
    this.drawOutcome(plot, fan, x)
    this.drawBandLabels(plot, shape, x)
  }

  private drawMedian({ context, y }: Plot, { offsets, median, horizons }: FanShape, x: (offset: number) => number) {
    context.strokeStyle = this.palette.accent
    context.fillStyle = this.palette.accent
    context.lineWidth = 1.5
    context.beginPath()
    trace({ context }, offsets.map(x), median.prices.map(y))
    context.stroke()
    for (const { offset } of horizons) {
      context.beginPath()
      context.arc(x(offset), y(median.prices[offset]), 2.5, 0, 2 * Math.PI)
      context.fill()
    }
  }

  /** A hairline at now and at each horizon; the traded one is drawn full. */
  private drawHorizons({ context, height }: Plot, { shape, tradedOffset }: Fan, x: (offset: number) => number) {
    context.font = `11px ${this.palette.font}`
    context.textAlign = 'center'
    context.textBaseline = 'top'
    context.lineWidth = 1
    for (const { offset, label } of this.labelled(context, { shape, tradedOffset }, x)) {
      const traded = offset === tradedOffset
      const at = Math.round(x(offset)) + 0.5
      context.strokeStyle = offset === 0 || traded ? this.palette.faint : this.palette.line
      context.setLineDash(traded ? [] : [2, 3])
      context.beginPath()
      context.moveTo(at, 24)
      context.lineTo(at, height)
      context.stroke()
      const halfWidth = context.measureText(label).width / 2
      context.fillStyle = this.palette.panel
      context.fillRect(at - halfWidth - 3, 6, 2 * halfWidth + 6, 16)
      context.fillStyle = traded ? this.palette.text : this.palette.muted
      context.fillText(label, at, 9)
    }
    context.setLineDash([])
  }

  /** Now, the traded horizon, and of the others those whose names find room: the longest first, they lie farthest apart. */
  private labelled(
    context: CanvasRenderingContext2D,
    { shape, tradedOffset }: Pick<Fan, 'shape' | 'tradedOffset'>,
    x: (offset: number) => number,
  ): FanShape['horizons'] {
    const [traded, others] = [true, false].map(wanted =>
      shape.horizons.filter(h => (h.offset === tradedOffset) === wanted),
    )
    const taken: { from: number; to: number }[] = []
    return [{ offset: 0, label: 'now' }, ...traded, ...others.reverse()].filter(({ offset, label }) => {
      const reach = context.measureText(label).width / 2 + LABEL_MARGIN_PX
      const [from, to] = [x(offset) - reach, x(offset) + reach]
      const free = taken.every(other => to <= other.from || from >= other.to)
      if (free) taken.push({ from, to })
      return free
    })
  }

  private drawOutcome({ context, y }: Plot, { outcome, shape }: Fan, x: (offset: number) => number) {
    if (outcome.length === 0) return
    context.strokeStyle = this.palette.text
    context.lineWidth = 1.5
    context.setLineDash([1.5, 3])
    context.lineCap = 'round'
    context.beginPath()
    const closes = [shape.median.prices[0], ...outcome]
    trace(
      { context },
      closes.map((_, offset) => x(offset)),
      closes.map(y),
    )
    context.stroke()
    context.setLineDash([])
    context.lineCap = 'butt'
  }

  /** Names the bands at their upper ends, where there is room. */
  private drawBandLabels({ context, y }: Plot, { offsets, bands }: FanShape, x: (offset: number) => number) {
    const last = offsets.length - 1
    context.font = `11px ${this.palette.font}`
    context.fillStyle = this.palette.muted
    context.textAlign = 'left'
    context.textBaseline = 'middle'
    let lowest = Number.NEGATIVE_INFINITY
    for (const { share, high } of bands) {
      const at = Math.max(y(high.prices[last]), lowest + LABEL_GAP_PX)
      context.fillText(`${Math.round(share * 100)} %`, x(last) + 6, at)
      lowest = at
    }
  }
}

/** Adds a polyline to the path. */
function trace(
  { context }: Pick<Plot, 'context'>,
  xs: readonly number[],
  ys: readonly number[],
  start: 'move' | 'continue' = 'move',
): void {
  xs.forEach((x, i) => {
    if (i === 0 && start === 'move') context.moveTo(x, ys[i])
    else context.lineTo(x, ys[i])
  })
}
