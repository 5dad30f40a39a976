import { day, decimal } from '../format.ts'
import { Html, html } from '../html.ts'
import type { FeatureAnalysis, Histogram, MonthBand } from './analyse-features.ts'

const WIDTH = 344
const HEIGHT = 150
const LEFT = 44
const RIGHT = 8
const TOP = 8
const BOTTOM = 22
const INNER_WIDTH = WIDTH - LEFT - RIGHT
const INNER_HEIGHT = HEIGHT - TOP - BOTTOM

/** Tenths of a pixel are enough, and a page holds hundreds of drawings. */
const px = (value: number): string => String(Math.round(value * 10) / 10)

const plot = (label: string, caption: string, body: readonly Html[]): Html =>
  html`<figure><figcaption class="muted">${caption}</figcaption><svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${body}</svg></figure>`

const text = (x: number, y: number, value: string, anchor: 'start' | 'middle' | 'end' = 'middle'): Html =>
  html`<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${value}</text>`

const path = (name: string, d: string): Html => new Html(`<path class="${name}" d="${d}"/>`)

/** As many digits as tell the ends of a span apart; what rounds to 0 has no sign. */
export function figure(value: number, span: number): string {
  const digits = span >= 100 ? 0 : span >= 10 ? 1 : span >= 0.1 ? 2 : 4
  const text = decimal(value, digits)
  return Number(value.toFixed(digits)) === 0 ? text.replace('−', '') : text
}

/** Steps of a histogram in a box. */
function steps(shares: readonly number[], most: number, box: { x: number; y: number; width: number; height: number }) {
  const step = box.width / shares.length
  const bottom = box.y + box.height
  const heights = shares.map(share => `V${px(bottom - (share / most) * box.height)}`)
  return `M${px(box.x)} ${px(bottom)}${heights.map((v, i) => `${v}H${px(box.x + step * (i + 1))}`).join('')}V${px(bottom)}`
}

/** Outer bins hold what lies outside and may be the highest by far. */
const mostOf = ({ training, test }: Histogram): number => Math.max(...training, ...test, 1e-9)

/** A few millimetres of histogram for a table's row. */
export function miniHistogram(histogram: Histogram): Html {
  const box = { x: 0, y: 1, width: 96, height: 22 }
  const most = mostOf(histogram)
  return html`<svg viewBox="0 0 96 24" preserveAspectRatio="none" aria-hidden="true">${path('training', steps(histogram.training, most, box))}${path('test', steps(histogram.test, most, box))}</svg>`
}

export function histogramPlot({ name, histogram }: FeatureAnalysis): Html {
  const { low, high } = histogram
  const box = { x: LEFT, y: TOP, width: INNER_WIDTH, height: INNER_HEIGHT }
  const most = mostOf(histogram)
  const xOf = (value: number) => LEFT + ((value - low) / (high - low)) * INNER_WIDTH
  const hasZero = low < 0 && high > 0
  const isApart = hasZero && xOf(0) > LEFT + 48 && xOf(0) < WIDTH - RIGHT - 48
  return plot(`Histogram of ${name} in the training and the test period`, 'Distribution', [
    ...(hasZero ? [path('zero', `M${px(xOf(0))} ${TOP}V${HEIGHT - BOTTOM}`)] : []),
    path('training', steps(histogram.training, most, box)),
    path('test', steps(histogram.test, most, box)),
    path('grid', `M${LEFT} ${HEIGHT - BOTTOM}H${WIDTH - RIGHT}`),
    text(LEFT, HEIGHT - 6, figure(low, high - low), 'start'),
    ...(isApart ? [text(xOf(0), HEIGHT - 6, '0')] : []),
    text(WIDTH - RIGHT, HEIGHT - 6, figure(high, high - low), 'end'),
  ])
}

/** The middle 80 % of each month, with its median, and where the test begins. */
export function monthsPlot({ name, months }: FeatureAnalysis, testStartMs: number): Html {
  const low = Math.min(...months.map(month => month.low))
  const high = Math.max(...months.map(month => month.high))
  const span = high > low ? high - low : 1
  const firstMs = months[0].startMs
  const lastMs = Math.max(months[months.length - 1].startMs, firstMs + 1)
  const xOf = (timeMs: number) => LEFT + ((timeMs - firstMs) / (lastMs - firstMs)) * INNER_WIDTH
  const yOf = (value: number) => TOP + (1 - (value - low) / span) * INNER_HEIGHT
  const line = (of: (month: MonthBand) => number, order = months) =>
    order.map(month => `${px(xOf(month.startMs))} ${px(yOf(of(month)))}`).join('L')
  const band = `M${line(month => month.high)}L${line(month => month.low, [...months].reverse())}Z`
  const hasTest = testStartMs > firstMs && testStartMs < lastMs
  return plot(`Median and middle 80 % of ${name} by month`, 'By month: median and middle 80 %', [
    ...(low < 0 && high > 0 ? [path('zero', `M${LEFT} ${px(yOf(0))}H${WIDTH - RIGHT}`)] : []),
    path('band', band),
    path('line', `M${line(month => month.median)}`),
    ...(hasTest
      ? [
          path('cut', `M${px(xOf(testStartMs))} ${TOP}V${HEIGHT - BOTTOM}`),
          html`<text class="of-test" x="${px(xOf(testStartMs) + 3)}" y="${TOP + 9}">test</text>`,
        ]
      : []),
    text(LEFT - 6, TOP + 8, figure(high, span), 'end'),
    text(LEFT - 6, HEIGHT - BOTTOM, figure(low, span), 'end'),
    text(LEFT, HEIGHT - 6, day(firstMs).slice(0, 7), 'start'),
    ...(months.length > 1 ? [text(WIDTH - RIGHT, HEIGHT - 6, day(lastMs).slice(0, 7), 'end')] : []),
  ])
}

const LAG_TICKS = [24, 72, 120, 168]

export function autocorrelationPlot({ name, autocorrelation }: FeatureAnalysis): Html {
  if (autocorrelation === null) return plot(`${name} is constant`, 'Autocorrelation: none, it is constant', [])
  const lags = autocorrelation.length - 1
  const low = Math.min(0, ...autocorrelation)
  const xOf = (lag: number) => LEFT + (lag / lags) * INNER_WIDTH
  const yOf = (value: number) => TOP + ((1 - value) / (1 - low)) * INNER_HEIGHT
  const bars = Array.from(
    autocorrelation.subarray(1),
    (value, i) => `M${px(xOf(i + 1))} ${px(yOf(0))}V${px(yOf(value))}`,
  )
  return plot(`Autocorrelation of ${name} up to ${lags} candles`, 'Autocorrelation by candles back', [
    path('grid', LAG_TICKS.map(lag => `M${px(xOf(lag))} ${TOP}V${HEIGHT - BOTTOM}`).join('')),
    path('bars', bars.join('')),
    path('zero', `M${LEFT} ${px(yOf(0))}H${WIDTH - RIGHT}`),
    text(LEFT - 6, TOP + 8, '1', 'end'),
    text(LEFT - 6, yOf(0) + (low < -0.15 ? 3 : 0), '0', 'end'),
    ...(low < -0.15 ? [text(LEFT - 6, HEIGHT - BOTTOM + 3, decimal(low, 2), 'end')] : []),
    ...LAG_TICKS.map(lag => text(xOf(lag), HEIGHT - 6, String(lag), lag === lags ? 'end' : 'middle')),
  ])
}
