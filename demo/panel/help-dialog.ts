import { h } from '../app/dom.ts'
import type { Bus } from '../app/events.ts'

const KEYS: readonly [string, string][] = [
  ['j  k', 'next, previous symbol'],
  ['space', 'play or pause the replay'],
  ['[  ]', 'one candle back, on; a click on a candle goes there'],
  ['o', 'show what came after the forecast'],
  ['b', 'backtest lab'],
  ['t', 'dark or light'],
  ['?', 'this help'],
]

const READING: readonly [string, string][] = [
  [
    'The fan',
    'Where the price is expected to be: 50, 80 and 90 % of outcomes inside the bands, the line is the median.',
  ],
  [
    '▲ ▼ ○',
    'At each candle the gate acted (buy below, sell above) or abstained. It acts only when the edge exceeds the costs.',
  ],
  ['The ribbon', 'How much each horizon looked at each candle. Darker is more. It shows attention, not causes.'],
  ['The lab', 'The same decisions traded at the next open, after fees and slippage, beside Buy & Hold and a grid.'],
]

/** Keys, and how to read the screen. */
export function createHelpDialog(bus: Bus): HTMLDialogElement {
  const rows = (entries: readonly [string, string][], kind: 'kbd' | 'strong') =>
    h('dl', {}, ...entries.flatMap(([term, text]) => [h('dt', {}, h(kind, {}, term)), h('dd', {}, text)]))
  const dialog = h(
    'dialog',
    { class: 'help', 'aria-label': 'Help' },
    h('h2', {}, 'Reading the screen'),
    rows(READING, 'strong'),
    h('h2', {}, 'Keys'),
    rows(KEYS, 'kbd'),
    h('p', { class: 'muted' }, 'Forecasts are computed on this device; no data leaves it. Not investment advice.'),
    h('form', { method: 'dialog' }, h('button', { class: 'primary' }, 'Close')),
  )
  bus.on('toggleHelp', () => (dialog.open ? dialog.close() : dialog.showModal()))
  return dialog
}
