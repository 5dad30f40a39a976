import { type Palette, withAlpha } from '../app/theme.ts'
import { PaneDrawing, type Plot } from './primitive.ts'

/** Weights below this share of a row's largest are not worth ink. */
const FAINTEST = 0.02
const CAPTION = 'attention'
const NAME_PX = 12

export interface Attention {
  /** One row a horizon: its name and a weight for each step. */
  readonly rows: readonly { readonly label: string; readonly weights: readonly number[]; readonly traded: boolean }[]
  /** Candle index of each step. */
  readonly indices: readonly number[]
}

/** How much each horizon looked at each candle: the darker, the more. Shares the price chart's time axis. */
export class AttentionRibbon extends PaneDrawing {
  private attention: Attention | null = null

  constructor(private palette: Palette) {
    super()
  }

  show(attention: Attention | null, palette: Palette): void {
    this.attention = attention
    this.palette = palette
    this.redraw()
  }

  protected override draw(plot: Plot): void {
    const { attention, palette } = this
    if (!attention) return
    const { context, height, x, spacing } = plot
    const rowHeight = (height - 4) / attention.rows.length
    const gap = rowHeight > 8 ? 2 : 1
    const newest = Math.max(...attention.indices)
    context.font = `11px ${palette.font}`
    context.textBaseline = 'middle'
    this.drawCaption(plot, x(Math.min(...attention.indices)) - 10)
    attention.rows.forEach(({ weights }, row) => {
      const top = 2 + row * rowHeight
      const largest = Math.max(...weights)
      weights.forEach((weight, step) => {
        const share = weight / largest
        if (share < FAINTEST) return
        const left = Math.round(x(attention.indices[step]) - spacing / 2)
        const right = Math.round(x(attention.indices[step]) + spacing / 2)
        context.fillStyle = withAlpha(palette.accent, 0.08 + 0.92 * share)
        context.fillRect(left, top + gap / 2, Math.max(1, right - left), rowHeight - gap)
      })
    })
    this.drawNames(plot, attention, x(newest) + spacing / 2 + 6)
  }

  /** Beside the ribbon, where there is room. */
  private drawCaption({ context, height }: Plot, end: number) {
    context.fillStyle = this.palette.muted
    context.textAlign = 'right'
    if (context.measureText(CAPTION).width < end) context.fillText(CAPTION, end, height / 2)
  }

  /** The horizons' names, as many as find room; that of the traded one for certain. */
  private drawNames({ context, height }: Plot, { rows }: Attention, left: number) {
    const rowHeight = (height - 4) / rows.length
    const middle = (row: number) => Math.min(Math.max(2 + (row + 0.5) * rowHeight, NAME_PX / 2), height - NAME_PX / 2)
    const chosen = rows.findIndex(row => row.traded)
    let lowest = Number.NEGATIVE_INFINITY
    context.textAlign = 'left'
    rows.forEach(({ label, traded }, row) => {
      const nearChosen = chosen >= 0 && Math.abs(middle(chosen) - middle(row)) < NAME_PX
      if (!traded && (nearChosen || middle(row) - lowest < NAME_PX)) return
      context.fillStyle = traded ? this.palette.text : this.palette.muted
      context.fillText(label, left, middle(row))
      lowest = middle(row)
    })
  }
}
