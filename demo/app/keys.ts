import type { Bus } from './events.ts'
import type { AppStore } from './state.ts'

/** Elements that want the keys for themselves; a slider uses arrows only. */
const TYPING = 'input:not([type="range"]), select, textarea, dialog'

/** j/k symbol · space play · [ ] step · o what came · b lab · t theme · ? help. */
export function installKeys(store: AppStore, bus: Bus): void {
  const moveSymbol = (by: number) => {
    const symbols = [...(store.state.market?.symbols.keys() ?? [])]
    if (symbols.length === 0) return
    const index = symbols.indexOf(store.state.symbol ?? '')
    bus.emit('selectSymbol', { symbol: symbols[(index + by + symbols.length) % symbols.length] })
  }

  const actions: Record<string, () => void> = {
    j: () => moveSymbol(1),
    k: () => moveSymbol(-1),
    ' ': () => bus.emit('togglePlay'),
    '[': () => bus.emit('step', { candles: -1 }),
    ']': () => bus.emit('step', { candles: 1 }),
    o: () => bus.emit('toggleOutcome'),
    b: () => bus.emit('toggleLab'),
    t: () => bus.emit('toggleTheme'),
    '?': () => bus.emit('toggleHelp'),
  }

  window.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target instanceof Element ? event.target : null
    const onButton = target?.closest('button, a') !== null && target !== null
    if (target?.closest(TYPING) || (event.key === ' ' && onButton)) return
    const action = actions[event.key]
    if (!action) return
    event.preventDefault()
    action()
  })
}
