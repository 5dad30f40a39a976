import { svg } from '../app/dom.ts'

const WIDTH = 56
const HEIGHT = 20

/** A line without axes: the shape of the last values. */
export function sparkline(values: readonly number[]): SVGSVGElement {
  const low = Math.min(...values)
  const range = Math.max(...values) - low || 1
  const points = values
    .map((value, i) => {
      const x = (i / Math.max(1, values.length - 1)) * (WIDTH - 2) + 1
      const y = HEIGHT - 2 - ((value - low) / range) * (HEIGHT - 4)
      return `${x.toFixed(1)},${y.toFixed(1)}`
    })
    .join(' ')
  return svg(
    'svg',
    { class: 'sparkline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, 'aria-hidden': 'true' },
    svg('polyline', { points }),
  )
}
