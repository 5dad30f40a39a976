import { CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { BacktestReport } from '../../sdk/backtest/backtest.ts'
import type { Evaluation, LossRatio } from '../evaluate/evaluation.ts'
import { day, decimal, horizonText, percent } from './format.ts'
import { Html, html } from './html.ts'
import type { TrainingCurve } from './run-report.ts'

use([CustomChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, SVGRenderer])

/** Colours are CSS variables, so that one drawing serves the dark and the light page. */
const INK = 'var(--ink)'
const MUTED = 'var(--muted)'
const LINE = 'var(--line)'
const ACCENT = 'var(--accent)'
const SECOND = 'var(--second)'
const THIRD = 'var(--third)'

const FONT = { fontFamily: 'sans-serif', fontSize: 12, color: MUTED }
/** Beyond this a line has more points than a page has pixels. */
const MAX_POINTS = 400

const AXIS = {
  axisLabel: FONT,
  axisLine: { lineStyle: { color: LINE } },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: LINE, width: 1 } },
}

interface LegendEntry {
  readonly name: string
  readonly color: string
  readonly dashed?: boolean
}

const PHONE_WIDTH = 350
const HALF_WIDTH = 520
const FULL_WIDTH = 1072

/** Drawn for a wide page and for a phone; the style sheet shows one of the two. */
function draw(
  o: { readonly label: string; readonly width: number; readonly legend?: readonly LegendEntry[] },
  option: (phone: boolean) => EChartsCoreOption,
): Html {
  const render = (width: number) => {
    const height = width === FULL_WIDTH ? 320 : 260
    const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
    chart.setOption({
      animation: false,
      backgroundColor: 'transparent',
      grid: { left: 48, right: 12, top: 12, bottom: 28 },
      ...option(width === PHONE_WIDTH),
    })
    const svg = chart.renderToSVGString()
    chart.dispose()
    return new Html(svg)
  }
  const legend = o.legend?.map(
    entry =>
      html`<li><i class="${entry.dashed ? 'dashed' : 'solid'}" style="border-color:${entry.color}"></i>${entry.name}</li>`,
  )
  return html`<figure>${legend ? html`<ul class="legend">${legend}</ul>` : html``}<div class="wide" role="img" aria-label="${o.label}">${render(o.width)}</div><div class="narrow" role="img" aria-label="${o.label}">${render(PHONE_WIDTH)}</div></figure>`
}

function thin<T>(points: readonly T[]): T[] {
  const every = Math.ceil(points.length / MAX_POINTS)
  return points.filter((_, i) => i % every === 0 || i === points.length - 1)
}

/** Loss against step; one stage of training. */
export function lossChart({ stage, points }: TrainingCurve): Html {
  const losses = points.map(p => p.loss).sort((a, b) => a - b)
  return draw({ label: `Loss of the ${stage} by training step`, width: HALF_WIDTH }, () => ({
    xAxis: { type: 'value', ...AXIS, splitLine: { show: false }, max: 'dataMax' },
    yAxis: {
      type: 'value',
      ...AXIS,
      scale: true,
      // The first steps are far off; the chart is about the rest.
      max: losses[Math.floor(losses.length * 0.98)],
    },
    series: [
      {
        type: 'line',
        symbol: 'none',
        color: ACCENT,
        lineStyle: { width: 1.5 },
        data: thin(points).map(p => [p.step, p.loss]),
      },
    ],
  }))
}

/** Pinball loss relative to both baselines, with intervals; the line at 1 is the baseline itself. */
export function ratioChart(evaluation: Evaluation, timeframe: string): Html {
  const { horizons } = evaluation
  const series = [
    { name: 'to unconditional', color: ACCENT, shift: -0.12, of: (i: number) => horizons[i].toUnconditional },
    { name: 'to EWMA volatility', color: SECOND, shift: 0.12, of: (i: number) => horizons[i].toEwma },
  ]
  const bounds = series.flatMap(s => horizons.flatMap((_, i) => [s.of(i).interval.low, s.of(i).interval.high]))
  const step = Math.max(...bounds) - Math.min(...bounds) > 0.15 ? 0.05 : 0.02
  const low = Math.floor(Math.min(...bounds, 1) / step) * step
  const high = Math.ceil(Math.max(...bounds, 1) / step) * step
  return draw(
    { label: 'Pinball loss relative to the baselines, by horizon', width: HALF_WIDTH, legend: series },
    () => ({
      xAxis: { type: 'value', show: false, min: -0.5, max: horizons.length - 0.5 },
      yAxis: {
        type: 'value',
        ...AXIS,
        min: low,
        max: high,
        interval: step,
        axisLine: { show: false },
        axisLabel: { ...FONT, formatter: (v: number) => decimal(v) },
      },
      series: [
        ...series.map(s => ({
          type: 'custom',
          color: s.color,
          data: horizons.map((_, i) => [i + s.shift, s.of(i).ratio, s.of(i).interval.low, s.of(i).interval.high]),
          renderItem: errorBar(s.color),
        })),
        {
          type: 'scatter',
          symbolSize: 0,
          data: horizons.map((h, i) => ({
            value: [i, low],
            label: {
              show: true,
              position: 'bottom',
              formatter: horizonText(h.horizonCandles, timeframe),
              ...FONT,
            },
          })),
          markLine: {
            symbol: 'none',
            silent: true,
            lineStyle: { color: INK, type: 'dashed', width: 1 },
            label: { show: false },
            data: [{ yAxis: 1 }],
          },
        },
      ],
    }),
  )
}

interface CustomApi {
  value(dimension: number): number
  coord(point: readonly number[]): number[]
}

const errorBar = (color: string) => (_: unknown, api: CustomApi) => {
  const [x, y] = api.coord([api.value(0), api.value(1)])
  const [, bottom] = api.coord([api.value(0), api.value(2)])
  const [, top] = api.coord([api.value(0), api.value(3)])
  const line = (y1: number, y2: number, x1: number, x2: number) => ({
    type: 'line',
    shape: { x1, x2, y1, y2 },
    style: { stroke: color, lineWidth: 2 },
  })
  return {
    type: 'group',
    children: [
      line(bottom, top, x, x),
      line(bottom, bottom, x - 3, x + 3),
      line(top, top, x - 3, x + 3),
      { type: 'circle', shape: { cx: x, cy: y, r: 4 }, style: { fill: color } },
    ],
  }
}

/** Observed minus promised share of outcomes at or below each quantile, in points, for the shortest to the longest horizon. */
export function reliabilityChart(evaluation: Evaluation, timeframe: string): Html {
  const { horizons, quantileLevels } = evaluation
  const shown = [...new Set([0, Math.floor((horizons.length - 1) / 2), horizons.length - 1])]
  const colors = [ACCENT, SECOND, THIRD]
  const deviation = (h: number) => horizons[h].coverage.map((share, q) => (share - quantileLevels[q]) * 100)
  const reach = Math.max(3, Math.ceil(Math.max(...shown.flatMap(deviation).map(Math.abs))))
  const legend = shown.map((h, i) => ({ name: horizonText(horizons[h].horizonCandles, timeframe), color: colors[i] }))
  const label = 'Observed minus promised share of outcomes at or below each quantile'
  return draw({ label, width: HALF_WIDTH, legend }, () => ({
    xAxis: {
      type: 'category',
      ...AXIS,
      axisLine: { show: false },
      data: quantileLevels.map(String),
      splitLine: { show: false },
      boundaryGap: true,
    },
    yAxis: {
      type: 'value',
      ...AXIS,
      min: -reach,
      max: reach,
      axisLabel: { ...FONT, formatter: (v: number) => decimal(v, 0) },
    },
    series: shown.map((h, i) => ({
      type: 'line',
      symbol: ['circle', 'rect', 'triangle'][i],
      symbolSize: 7,
      color: colors[i],
      lineStyle: { width: 2 },
      data: deviation(h),
      ...(i === 0
        ? {
            markLine: {
              symbol: 'none',
              silent: true,
              lineStyle: { color: INK, type: 'dashed', width: 1 },
              label: { show: false },
              data: [{ yAxis: 0 }],
            },
          }
        : {}),
    })),
  }))
}

/** Growth of 1 over the test, strategy and baselines. */
export function equityChart(report: BacktestReport): Html {
  const strategies = [report.result, ...report.baselines]
  const styles = [
    { color: ACCENT, width: 2, type: 'solid' },
    { color: THIRD, width: 1.5, type: 'solid' },
    { color: SECOND, width: 1.5, type: 'dashed' },
  ]
  const indices = thin(Array.from(report.timesMs.keys()))
  const legend = strategies.map((s, i) => {
    const { color, type } = styles[i % styles.length]
    return { name: s.name, color, dashed: type === 'dashed' }
  })
  const label = `Equity on ${report.symbol}: ${strategies.map(s => s.name).join(', ')}`
  return draw({ label, width: FULL_WIDTH, legend }, phone => ({
    grid: { left: 56, right: 28, top: 12, bottom: 28 },
    xAxis: {
      type: 'time',
      ...AXIS,
      splitLine: { show: false },
      splitNumber: phone ? 3 : 6,
      axisLabel: { ...FONT, hideOverlap: true, formatter: (timeMs: number) => day(timeMs).slice(0, 7) },
    },
    yAxis: {
      type: 'value',
      ...AXIS,
      scale: true,
      axisLabel: { ...FONT, formatter: (value: number) => percent(value - 1, { digits: 0, plus: true }) },
    },
    series: strategies.map((s, i) => ({
      type: 'line',
      symbol: 'none',
      color: styles[i % styles.length].color,
      lineStyle: { width: styles[i % styles.length].width, type: styles[i % styles.length].type },
      data: indices.map(t => [report.timesMs[t], s.equity[t] / s.equity[0]]),
    })),
  }))
}

/** Whether a ratio is better than, worse than, or not told apart from the baseline. */
export const ratioClass = ({ interval }: LossRatio): string =>
  interval.high < 1 ? 'better' : interval.low > 1 ? 'worse' : 'unclear'
