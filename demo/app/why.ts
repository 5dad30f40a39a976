import { h } from './dom.ts'

const MARGIN_PX = 8

/** One tooltip for the whole page: it explains whatever carries `data-why`, on hover and on keyboard focus. */
export function installWhy(root: HTMLElement): void {
  const tip = h('div', { class: 'tip', role: 'tooltip', id: 'why-tip', hidden: true })
  root.append(tip)
  let owner: Element | null = null

  const hide = () => {
    owner?.removeAttribute('aria-describedby')
    owner = null
    tip.hidden = true
  }

  const show = (target: EventTarget | null) => {
    const next = target instanceof Element ? target.closest('[data-why]') : null
    if (next === owner) return
    hide()
    const sentence = next?.getAttribute('data-why')
    if (!next || !sentence) return
    owner = next
    owner.setAttribute('aria-describedby', tip.id)
    tip.textContent = sentence
    tip.hidden = false

    const box = next.getBoundingClientRect()
    const size = tip.getBoundingClientRect()
    const left = Math.min(Math.max(box.left, MARGIN_PX), innerWidth - size.width - MARGIN_PX)
    const below = box.bottom + MARGIN_PX / 2
    const top = below + size.height > innerHeight ? box.top - size.height - MARGIN_PX / 2 : below
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`
  }

  root.addEventListener('pointerover', event => show(event.target))
  root.addEventListener('focusin', event => show(event.target))
  root.addEventListener('focusout', hide)
  root.addEventListener('pointerleave', hide)
  window.addEventListener('keydown', event => {
    if (event.key === 'Escape') hide()
  })
}
