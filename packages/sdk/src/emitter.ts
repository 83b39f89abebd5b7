type Listener<T> = (value: T) => void

/** Who listens to what, by name. */
export type Emitter<Events> = {
  /** Calls `listener` each time from now on; what it returns ends that. */
  on<K extends keyof Events>(name: K, listener: Listener<Events[K]>): () => void
  emit<K extends keyof Events>(name: K, value: Events[K]): void
}

export function createEmitter<Events>(): Emitter<Events> {
  const listeners: { [K in keyof Events]?: Set<Listener<Events[K]>> } = {}
  return {
    on(name, listener) {
      const own: Listener<Events[typeof name]> = (value) => listener(value)
      const all = listeners[name] ?? new Set()
      listeners[name] = all
      all.add(own)
      return () => void all.delete(own)
    },
    emit(name, value) {
      for (const listener of listeners[name] ?? []) {
        try {
          listener(value)
        } catch (error) {
          // A listener's fault is the page's to handle, and must not keep what happened from the others.
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
  }
}
