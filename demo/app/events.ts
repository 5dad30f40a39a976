import type { LabSettings } from './state.ts'

/** What the user can ask for. Panels and keys emit these; controllers carry them out. */
export interface Intents {
  selectSymbol: { symbol: string }
  /** Moves the replay clock by this many candles. */
  step: { candles: number }
  jumpTo: { timeMs: number }
  togglePlay: undefined
  setSpeed: { candlesPerSecond: number }
  changeLab: Partial<LabSettings>
  toggleLab: undefined
  toggleOutcome: undefined
  toggleTheme: undefined
  toggleHelp: undefined
  selectBundle: { url: string }
  retry: undefined
}

type Arguments<K extends keyof Intents> = Intents[K] extends undefined ? [] : [payload: Intents[K]]

export interface Bus {
  emit<K extends keyof Intents>(name: K, ...payload: Arguments<K>): void
  on<K extends keyof Intents>(name: K, listener: (...payload: Arguments<K>) => void): void
}

export function createBus(): Bus {
  const listeners = new Map<keyof Intents, ((...payload: unknown[]) => void)[]>()
  return {
    emit(name, ...payload) {
      for (const listener of listeners.get(name) ?? []) listener(...payload)
    },
    on(name, listener) {
      listeners.set(name, [...(listeners.get(name) ?? []), listener as (...payload: unknown[]) => void])
    },
  }
}
