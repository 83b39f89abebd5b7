/** Pages and their workers: what they send carries cookies and an Origin, and their sockets carry no headers. */
export const isBrowser = 'location' in globalThis

/** Calls `listener` when the network comes back, where the platform tells. */
export function onOnline(listener: () => void): () => void {
  const page: unknown = globalThis
  if (!(page instanceof EventTarget)) return () => undefined
  page.addEventListener('online', listener)
  return () => page.removeEventListener('online', listener)
}
