import type { Bus } from './events.ts'
import type { AppStore } from './state.ts'

const STORAGE_KEY = 'edgequant-theme'

/** Dark unless the user chose otherwise; the choice is remembered. */
export function installTheme(store: AppStore, bus: Bus): void {
  if (localStorage.getItem(STORAGE_KEY) === 'light') store.update({ theme: 'light' })
  bus.on('toggleTheme', () => {
    const theme = store.state.theme === 'dark' ? 'light' : 'dark'
    localStorage.setItem(STORAGE_KEY, theme)
    store.update({ theme })
  })
  store.watch(['theme'], ({ theme }) => {
    document.documentElement.dataset.theme = theme
  })
}

/** The style sheet's colours, for what is drawn on a canvas. */
export interface Palette {
  readonly text: string
  readonly muted: string
  readonly faint: string
  readonly line: string
  readonly panel: string
  readonly accent: string
  readonly up: string
  readonly down: string
  readonly font: string
}

const palettes = new Map<string, Palette>()

/** The palette of the theme in force; asked for at every frame of a replay, so the style sheet is read once a theme. */
export function readPalette(): Palette {
  const theme = document.documentElement.dataset.theme ?? ''
  const palette = palettes.get(theme) ?? readStyleSheet()
  palettes.set(theme, palette)
  return palette
}

function readStyleSheet(): Palette {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    text: read('text'),
    muted: read('muted'),
    faint: read('faint'),
    line: read('line'),
    panel: read('panel'),
    accent: read('accent'),
    up: read('up'),
    down: read('down'),
    font: read('font'),
  }
}

/** `#rrggbb` with an opacity. */
export function withAlpha(hex: string, alpha: number): string {
  return (
    hex +
    Math.round(Math.min(Math.max(alpha, 0), 1) * 255)
      .toString(16)
      .padStart(2, '0')
  )
}
