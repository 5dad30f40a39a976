import type { BacktestReport } from 'edgequant'
import uPlot from 'uplot'
import { formatDay, formatPercent } from '../app/format.ts'
import { type Palette, withAlpha } from '../app/theme.ts'

const WHISKER_PX = 46

/** Equity of the strategy and its baselines, as return since the start. */
export interface EquityChart {
  show(report: BacktestReport, nowMs: number, palette: Palette): void
  moveClock(nowMs: number): void
}

export function createEquityChart(container: HTMLElement): EquityChart {
  let plot: uPlot | null = null
  let shown: { report: BacktestReport; palette: Palette } | null = null
  let clockMs = 0

  const size = () => ({ width: container.clientWidth, height: Math.max(80, container.clientHeight) })
  new ResizeObserver(() => plot?.setSize(size())).observe(container)

  const data = ({ timesMs, result, baselines }: BacktestReport): uPlot.AlignedData => [
    Float64Array.from(timesMs, ms => ms / 1000),
    ...drawingOrder({ result, baselines }).map(({ equity }) =>
      Float64Array.from(equity, value => value / equity[0] - 1),
    ),
  ]

  return {
    show(report, nowMs, palette) {
      clockMs = nowMs
      const samePlot =
        plot && shown?.palette.accent === palette.accent && shown.report.baselines.length === report.baselines.length
      shown = { report, palette }
      if (plot && samePlot) {
        plot.setData(data(report))
        return
      }
      plot?.destroy()
      const overlay = (u: uPlot) => {
        if (!shown) return
        drawClock(u, clockMs, shown.palette)
        drawWhisker(u, shown.report, shown.palette)
      }
      plot = new uPlot(options(report, palette, size(), overlay), data(report), container)
    },
    moveClock(nowMs) {
      clockMs = nowMs
      plot?.redraw(false)
    },
  }
}

/** Ours last, hence on top. */
const drawingOrder = ({ result, baselines }: Pick<BacktestReport, 'result' | 'baselines'>) => [...baselines, result]

function options(
  report: BacktestReport,
  palette: Palette,
  size: { width: number; height: number },
  overlay: (u: uPlot) => void,
): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: palette.muted,
    font: `11px ${palette.font}`,
    grid: { stroke: palette.line, width: 1 },
    ticks: { show: false },
  }
  const percent = (_: uPlot, value: number | null) => (value === null ? '–' : formatPercent(value))
  const ours = { stroke: palette.accent, width: 2 }
  const theirs = [
    { stroke: palette.muted, width: 1 },
    { stroke: palette.muted, width: 1, dash: [3, 3] },
  ]
  return {
    ...size,
    padding: [8, WHISKER_PX, 0, 0],
    cursor: { y: false, points: { size: 5 } },
    legend: { show: false },
    tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    scales: {
      y: {
        range: (_, low, high) => {
          const { low: l, high: h } = report.result.intervals.totalReturnFraction
          const room = 0.06 * (Math.max(high, h) - Math.min(low, l)) || 0.01
          return [Math.min(low, l, 0) - room, Math.max(high, h, 0) + room]
        },
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        space: 72,
        values: (_, ticks) => ticks.map(seconds => formatDay(seconds * 1000)),
      },
      { ...axis, size: 52, space: 28, values: (_, ticks) => ticks.map(value => formatPercent(value, 0)) },
    ],
    series: [
      {},
      ...drawingOrder(report).map(result => ({
        label: result.name,
        value: percent,
        points: { show: false },
        ...(result === report.result ? ours : theirs[report.baselines.indexOf(result)]),
      })),
    ],
    hooks: { draw: [overlay] },
  }
}

/** Where the replay clock stands. */
function drawClock({ ctx, bbox, valToPos }: uPlot, nowMs: number, palette: Palette): void {
  const x = Math.round(valToPos(nowMs / 1000, 'x', true))
  if (x < bbox.left || x > bbox.left + bbox.width) return
  ctx.save()
  ctx.strokeStyle = palette.faint
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio])
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.restore()
}

/** The bootstrap interval of the final return, at the end of our curve: how far luck alone could have moved it. */
function drawWhisker({ ctx, bbox, valToPos }: uPlot, { result }: BacktestReport, palette: Palette): void {
  const { low, high, level } = result.intervals.totalReturnFraction
  const scale = devicePixelRatio
  const x = bbox.left + bbox.width + 10 * scale
  const [top, bottom] = [valToPos(high, 'y', true), valToPos(low, 'y', true)]
  ctx.save()
  ctx.fillStyle = withAlpha(palette.accent, 0.35)
  ctx.fillRect(x - 2 * scale, top, 4 * scale, bottom - top)
  ctx.fillStyle = palette.muted
  ctx.font = `${11 * scale}px ${palette.font}`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  ctx.fillText(`${Math.round(level * 100)} %`, x + 7 * scale, (top + bottom) / 2)
  ctx.restore()
}
