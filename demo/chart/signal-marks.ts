import type { BacktestReport } from 'edgequant'
import type { Palette } from '../app/theme.ts'
import { type Plot, SeriesDrawing } from './primitive.ts'

export type Signal = BacktestReport['signals'][number]

/** Candle extremes that a mark must stay clear of. */
export interface MarkAnchor {
  readonly high: number
  readonly low: number
}

const CLEARANCE_PX = 9
/** Height of the row of abstentions above the time axis. */
const STRIP_PX = 10

/** What the gate said at each candle: ▲ buy below it, ▼ sell above it, ○ abstained along the bottom. */
export class SignalMarks extends SeriesDrawing {
  private signals: ReadonlyMap<number, Signal> = new Map()
  private anchor: (index: number) => MarkAnchor | undefined = () => undefined

  constructor(private palette: Palette) {
    super()
  }

  show(
    signals: ReadonlyMap<number, Signal>,
    anchor: (index: number) => MarkAnchor | undefined,
    palette: Palette,
  ): void {
    this.signals = signals
    this.anchor = anchor
    this.palette = palette
    this.redraw()
  }

  protected override draw(plot: Plot): void {
    const size = Math.min(5, Math.max(2, plot.spacing * 0.4))
    for (let index = plot.visible.from; index <= plot.visible.to; index++) {
      const signal = this.signals.get(index)
      const anchor = this.anchor(index)
      if (!signal || !anchor) continue
      if (signal.kind === 'abstain') this.drawAbstention(plot, index, size)
      else if (signal.side === 'sell') this.drawTriangle(plot, index, plot.y(anchor.high) - CLEARANCE_PX, size, 'down')
      else this.drawTriangle(plot, index, plot.y(anchor.low) + CLEARANCE_PX, size, 'up')
    }
  }

  private drawTriangle({ context, x }: Plot, index: number, y: number, size: number, direction: 'up' | 'down') {
    const tip = direction === 'up' ? -size : size
    context.fillStyle = direction === 'up' ? this.palette.up : this.palette.down
    context.beginPath()
    context.moveTo(x(index), y + tip)
    context.lineTo(x(index) - size, y - tip * 0.7)
    context.lineTo(x(index) + size, y - tip * 0.7)
    context.fill()
  }

  private drawAbstention({ context, x, height }: Plot, index: number, size: number) {
    context.strokeStyle = this.palette.faint
    context.lineWidth = 1
    context.beginPath()
    context.arc(x(index), height - STRIP_PX / 2 - 2, Math.min(size, 2.5), 0, 2 * Math.PI)
    context.stroke()
  }
}
