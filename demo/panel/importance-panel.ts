import type { Explanation, Manifest } from 'edgequant'
import { fill, h } from '../app/dom.ts'
import { formatShare } from '../app/format.ts'
import type { AppStore } from '../app/state.ts'

const SHOWN = 8

/** `ewmaVolatility(6,0)` → `ewma volatility 6, 0`. */
const readable = (name: string) =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('(', ' ')
    .replaceAll(')', '')
    .replaceAll(',', ', ')
    .toLowerCase()

/** What the variable selection networks weighed most, in the past and among what is known ahead. */
export function createImportancePanel(store: AppStore): HTMLElement {
  const body = h('div', { class: 'importance-body' })
  const element = h('section', { class: 'panel importance', 'aria-label': 'Variable importance' }, body)
  store.watch(['forecast', 'phase'], ({ forecast, phase, manifest }) => {
    const explanation = forecast?.explanation
    if (explanation) fill(body, ...groups(explanation, formulasOf(manifest)))
    else if (phase === 'failed')
      fill(body, h('p', { class: 'empty' }, 'Which inputs mattered is known only with a model.'))
    else fill(body, h('p', { class: 'empty' }, 'Which inputs mattered is shown with the first forecast.'))
  })
  return element
}

type Formulas = ReadonlyMap<string, string>

const formulasOf = (manifest: Manifest | null): Formulas =>
  new Map(manifest?.features.map(({ name, formula = name, unit }) => [name, `${formula} (${unit})`]))

function groups({ pastImportance, futureImportance }: Explanation, formulas: Formulas): HTMLElement[] {
  return [
    group(
      'Past inputs',
      'Selection weights over the lookback, averaged; all past inputs sum to 100 %.',
      pastImportance.slice(0, SHOWN),
      formulas,
    ),
    group(
      'Known ahead',
      'Selection weights of what is known about the hours to come; they sum to 100 %.',
      futureImportance.slice(0, SHOWN / 2),
      formulas,
    ),
  ]
}

function group(title: string, sentence: string, items: Explanation['pastImportance'], formulas: Formulas): HTMLElement {
  const largest = Math.max(...items.map(item => item.weight))
  return h(
    'div',
    { class: 'importance-group' },
    h('h2', { tabindex: 0, 'data-why': sentence }, title),
    h(
      'ol',
      {},
      ...items.map(({ feature, weight }) =>
        h(
          'li',
          { tabindex: 0, 'data-why': formulas.get(feature) ?? feature },
          h('span', { class: 'importance-name' }, readable(feature)),
          h('span', { class: 'bar' }, h('span', { style: `width:${((weight / largest) * 100).toFixed(1)}%` })),
          h('span', { class: 'importance-share' }, formatShare(weight)),
        ),
      ),
    ),
  )
}
