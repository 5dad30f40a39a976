import { h } from '../app/dom.ts'

export interface GaugeOptions {
  readonly label: string
  /** What the figure means, shown on asking why. */
  readonly sentence: string
  readonly value: number
  /** The value as text. */
  readonly text: string
  readonly from: number
  readonly to: number
  /** Where the gate holds back. */
  readonly held: readonly { readonly from: number; readonly to: number }[]
}

/** A value on a scale, with the stretches in which the gate abstains shaded: inside or outside is seen at a glance. */
export function gauge({ label, sentence, value, text, from, to, held }: GaugeOptions): HTMLElement {
  const percent = (x: number) => (100 * (Math.min(Math.max(x, from), to) - from)) / (to - from)
  const isHeld = held.some(zone => value >= zone.from && value <= zone.to)
  return h(
    'div',
    { class: 'gauge', tabindex: 0, 'data-why': sentence },
    h('span', { class: 'gauge-label' }, label),
    h(
      'span',
      { class: 'gauge-scale', 'aria-hidden': 'true' },
      ...held.map(zone =>
        h('span', {
          class: 'gauge-held',
          style: `left:${percent(zone.from)}%;width:${percent(zone.to) - percent(zone.from)}%`,
        }),
      ),
      from < 0 && h('span', { class: 'gauge-zero', style: `left:${percent(0)}%` }),
      h('span', { class: isHeld ? 'gauge-dot held' : 'gauge-dot', style: `left:${percent(value)}%` }),
    ),
    h('span', { class: 'gauge-text' }, text),
  )
}
