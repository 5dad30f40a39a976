import { decimal } from '../format.ts'
import { Html, html } from '../html.ts'
import type { FeaturesAnalysis } from './analyse-features.ts'

/** On a phone, names of more features than these could not be read. */
const MOST_PHONE_NAMES = 40
/** With a title on each cell, a larger map would be a heavy page. */
const MOST_TITLES = 40
const CELL = 12
const NAME_WIDTH = 190
/** Of its natural size, on a wide page: names are text, and text is not a headline. */
const LARGEST = 1.25

/** |ρ| at which each shade begins, positive and negative. */
const SHADES = [0.1, 0.3, 0.5, 0.7, 0.9] as const

const shadeOf = (rho: number): string => {
  const size = Math.abs(rho)
  const shade = SHADES.filter(from => size >= from).length - 1
  return shade < 0 || Number.isNaN(size) ? 'z' : `${rho > 0 ? 'p' : 'n'}${shade}`
}

/** The triangle of correlations, alike features side by side. Cells of one shade are one shape, so that a hundred features are 100 kB. */
export function heatMap({ features, correlations }: FeaturesAnalysis): Html {
  const { matrix, order } = correlations
  const shapes = new Map<string, string[]>()
  const titled: Html[] = []
  order.forEach((row, i) => {
    for (let j = 0; j < i; j++) {
      const rho = matrix[row][order[j]]
      const shade = shadeOf(rho)
      const [x, y] = [j * CELL, i * CELL]
      if (order.length <= MOST_TITLES) {
        const value = Number.isNaN(rho) ? 'none, one is constant' : decimal(rho)
        const title = `${features[row].name} and ${features[order[j]].name}: ρ ${value}`
        titled.push(
          html`<rect class="${shade}" x="${x}" y="${y}" width="${CELL - 1}" height="${CELL - 1}"><title>${title}</title></rect>`,
        )
      } else shapes.set(shade, [...(shapes.get(shade) ?? []), `M${x} ${y}h11v11h-11z`])
    }
  })
  const drawn = [...shapes].map(([shade, cells]) => new Html(`<path class="${shade}" d="${cells.join('')}"/>`))
  // beside the diagonal, where there is nothing else
  const names = order.map(
    (row, i) => html`<text x="${i * CELL + 4}" y="${i * CELL + CELL / 2}">${shorten(features[row].name)}</text>`,
  )
  const size = order.length * CELL
  const width = size + NAME_WIDTH
  const crowded = order.length > MOST_PHONE_NAMES ? ' crowded' : ''
  return html`<ul class="scale" aria-label="Rank correlation">${[...SHADES].reverse().map(from => key(-from))}${key(0)}${SHADES.map(key)}</ul>
<div class="map${crowded}"><svg style="max-width:${Math.round(width * LARGEST)}px" viewBox="0 0 ${width} ${size}" role="img" aria-label="Rank correlations of ${order.length} features">${titled}${drawn}${names}</svg></div>`
}

const key = (rho: number): Html =>
  html`<li><svg viewBox="0 0 1 1" aria-hidden="true"><rect class="${shadeOf(rho)}" width="1" height="1"/></svg>${rho === 0 ? '0' : decimal(rho, 1)}</li>`

const shorten = (name: string): string => (name.length > 33 ? `${name.slice(0, 32)}…` : name)
