/** The single source of truth: panels watch keys of the state, controllers update it. */
export interface Store<S extends object> {
  readonly state: Readonly<S>
  update(patch: Partial<S>): void
  /** Calls `listener` now, and once after every round of updates that changed one of `keys`. */
  watch(keys: readonly (keyof S)[], listener: (state: Readonly<S>) => void): void
}

/** Updates made in the same task reach each listener together, so that a panel draws once for them. */
export function createStore<S extends object>(initial: S): Store<S> {
  let state = initial
  const changed = new Set<keyof S>()
  const watchers: { keys: readonly (keyof S)[]; listener: (state: Readonly<S>) => void }[] = []

  const notify = () => {
    const keys = new Set(changed)
    changed.clear()
    for (const { keys: wanted, listener } of watchers) if (wanted.some(key => keys.has(key))) listener(state)
  }

  return {
    get state() {
      return state
    },
    update(patch) {
      const keys = (Object.keys(patch) as (keyof S)[]).filter(key => !Object.is(patch[key], state[key]))
      if (keys.length === 0) return
      state = { ...state, ...patch }
      if (changed.size === 0) queueMicrotask(notify)
      for (const key of keys) changed.add(key)
    },
    watch(keys, listener) {
      watchers.push({ keys, listener })
      listener(state)
    },
  }
}
