import type {
  IChartApiBase,
  IPanePrimitive,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  Logical,
  PaneAttachedParameter,
  SeriesAttachedParameter,
  SeriesType,
  Time,
} from 'lightweight-charts'

/** Where things are on the chart, in CSS pixels. */
export interface Plot {
  readonly context: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  /** Pixels between candles. */
  readonly spacing: number
  /** Centre of the candle with this index; also between candles and beyond the last one. */
  x(index: number): number
  y(price: number): number
  /** Indices of the first and last candle in view. */
  readonly visible: { readonly from: number; readonly to: number }
}

/** What a drawing must do: the rest of lightweight-charts' primitive contract is handled here. */
abstract class Drawing {
  protected chart: IChartApiBase<Time> | null = null
  protected series: ISeriesApi<SeriesType, Time> | null = null
  private requestUpdate: (() => void) | null = null

  private readonly views: readonly IPrimitivePaneView[] = [
    {
      zOrder: () => 'normal',
      renderer: (): IPrimitivePaneRenderer => ({
        draw: target =>
          target.useMediaCoordinateSpace(({ context, mediaSize }) => {
            const plot = this.plot(context, mediaSize.width, mediaSize.height)
            if (plot) this.draw(plot)
          }),
      }),
    },
  ]

  protected abstract draw(plot: Plot): void

  /** Draws again, with what changed. */
  redraw(): void {
    this.requestUpdate?.()
  }

  protected attach(chart: IChartApiBase<Time>, requestUpdate: () => void): void {
    this.chart = chart
    this.requestUpdate = requestUpdate
  }

  detached(): void {
    this.chart = null
    this.series = null
    this.requestUpdate = null
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.views
  }

  private plot(context: CanvasRenderingContext2D, width: number, height: number): Plot | null {
    const scale = this.chart?.timeScale()
    const range = scale?.getVisibleLogicalRange()
    const origin = scale?.logicalToCoordinate(0 as Logical)
    const next = scale?.logicalToCoordinate(1 as Logical)
    if (!range || origin === null || origin === undefined || next === null || next === undefined) return null
    const spacing = next - origin
    return {
      context,
      width,
      height,
      spacing,
      x: index => origin + index * spacing,
      y: price => this.series?.priceToCoordinate(price) ?? Number.NaN,
      visible: { from: Math.floor(range.from), to: Math.ceil(range.to) },
    }
  }
}

/** A drawing that shares a series' price axis. */
export abstract class SeriesDrawing extends Drawing implements ISeriesPrimitive<Time> {
  attached({ chart, series, requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.series = series
    this.attach(chart, requestUpdate)
  }
}

/** A drawing that has a pane to itself. */
export abstract class PaneDrawing extends Drawing implements IPanePrimitive<Time> {
  attached({ chart, requestUpdate }: PaneAttachedParameter<Time>): void {
    this.attach(chart, requestUpdate)
  }
}
