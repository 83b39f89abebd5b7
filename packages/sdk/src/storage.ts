/** Keeps small texts beyond the life of a page or process: sessions, and messages that are not sent yet. */
export type Storage = {
  /** The texts whose keys begin with `prefix`, by key. */
  list(prefix: string): Promise<ReadonlyMap<string, string>>
  write(key: string, text: string): Promise<void>
  remove(key: string): Promise<void>
}

/** Forgets with the process. */
export function createMemoryStorage(): Storage {
  const texts = new Map<string, string>()
  return {
    list: async (prefix) => new Map([...texts].filter(([key]) => key.startsWith(prefix))),
    write: async (key, text) => void texts.set(key, text),
    remove: async (key) => void texts.delete(key),
  }
}

const browserPrefix = 'secureconnect:'

/** Keeps texts in the browser, for all pages of this origin. */
export function createBrowserStorage(): Storage {
  const { localStorage } = globalThis
  return {
    list: async (prefix) =>
      new Map(
        Object.entries<string>({ ...localStorage })
          .filter(([key]) => key.startsWith(browserPrefix + prefix))
          .map(([key, text]) => [key.slice(browserPrefix.length), text]),
      ),
    write: async (key, text) => localStorage.setItem(browserPrefix + key, text),
    remove: async (key) => localStorage.removeItem(browserPrefix + key),
  }
}
