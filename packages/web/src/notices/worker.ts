/** Beside the document, so that it works for all pages; the gateway serves it there. */
const path = '/service-worker.js'

/** The worker of this browser that shows notifications; undefined where it can have none. */
export async function findWorker(): Promise<ServiceWorkerRegistration | undefined> {
  if (!('serviceWorker' in navigator)) return undefined
  try {
    await navigator.serviceWorker.register(path)
    return await navigator.serviceWorker.ready
  } catch {
    // Browsers refuse it in some private windows, and where a page's data may not be kept.
    return undefined
  }
}
