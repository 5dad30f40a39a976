import { h } from '../app/dom.ts'
import type { Bus } from '../app/events.ts'
import { formatTime } from '../app/format.ts'
import type { AppStore } from '../app/state.ts'

const SPEEDS = [1, 4, 16, 60]

/** Replay: step back, play, step on, speed, and whether to show what came afterwards. */
export function createTransport(store: AppStore, bus: Bus): HTMLElement {
  const button = (label: string, text: string, onclick: () => void) =>
    h('button', { class: 'icon', 'aria-label': label, 'data-why': label, onclick }, text)
  const back = button('One candle back ( [ )', '‹', () => bus.emit('step', { candles: -1 }))
  const play = button('Play or pause (space)', '▶', () => bus.emit('togglePlay'))
  const on = button('One candle on ( ] )', '›', () => bus.emit('step', { candles: 1 }))
  const newest = button('To the newest candle', '»', () => bus.emit('jumpTo', { timeMs: Number.POSITIVE_INFINITY }))
  const outcome = h(
    'button',
    {
      class: 'quiet',
      'data-why': 'Draws where the price really went after the forecast, when that is known (o).',
      onclick: () => bus.emit('toggleOutcome'),
    },
    'what came',
  )
  const speed = h(
    'select',
    {
      'aria-label': 'Replay speed, candles a second',
      onchange: () => {
        bus.emit('setSpeed', { candlesPerSecond: Number(speed.value) })
        // Gives the keys back to the page: the next is likely to be space.
        speed.blur()
      },
    },
    ...SPEEDS.map(value => h('option', { value }, `${value}×`)),
  )
  const clock = h('time', { class: 'clock' })

  store.watch(['playing'], ({ playing }) => {
    play.textContent = playing ? '❚❚' : '▶'
    play.setAttribute('aria-pressed', String(playing))
  })
  store.watch(['candlesPerSecond'], ({ candlesPerSecond }) => {
    speed.value = String(candlesPerSecond)
  })
  store.watch(['showOutcome'], ({ showOutcome }) => outcome.setAttribute('aria-pressed', String(showOutcome)))
  store.watch(['nowMs', 'phase'], ({ nowMs, phase }) => {
    clock.textContent = nowMs > 0 ? formatTime(nowMs) : ''
    for (const control of [back, play, on, newest, outcome, speed]) control.disabled = phase !== 'ready'
  })
  return h(
    'div',
    { class: 'transport', role: 'group', 'aria-label': 'Replay' },
    back,
    play,
    on,
    newest,
    speed,
    clock,
    outcome,
  )
}
