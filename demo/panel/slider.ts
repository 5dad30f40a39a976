import { h } from '../app/dom.ts'

export interface SliderOptions {
  readonly name: string
  readonly label: string
  /** What it does, shown on asking why. */
  readonly sentence: string
  onInput(value: number): void
}

export interface SliderState {
  readonly min: number
  readonly max: number
  readonly step: number
  readonly value: number
  /** The value as text, with its unit. */
  readonly text: string
}

/** A labelled range input; `show(null)` disables it until there is something to set. */
export interface Slider {
  readonly element: HTMLElement
  show(state: SliderState | null): void
}

export function createSlider({ name, label, sentence, onInput }: SliderOptions): Slider {
  const input = h('input', {
    type: 'range',
    name,
    'aria-label': label,
    oninput: () => onInput(Number(input.value)),
  })
  const output = h('output', {})
  const title = h('span', { tabindex: 0, 'data-why': sentence }, label)
  return {
    element: h('label', { class: 'control' }, title, input, output),
    show(state) {
      input.disabled = state === null
      output.textContent = state?.text ?? '–'
      if (!state) return
      const { min, max, step, value, text } = state
      Object.assign(input, { min: String(min), max: String(max), step: String(step), value: String(value) })
      input.style.setProperty('--filled', `${(100 * (value - min)) / Math.max(max - min, step)}%`)
      input.setAttribute('aria-valuetext', text)
    },
  }
}
