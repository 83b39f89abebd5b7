import { signal } from '@preact/signals'
import { client } from '../../app/client.ts'
import { choices } from '../choices.ts'
import { findWorker } from '../worker.ts'
import { endPush, registerPush } from './registration.ts'

/**
 * Whether this browser is told of things while no page is open: the browser cannot, the server does not, the browser's
 * own push service would not, or somebody could not be reached.
 */
export type PushStanding = 'on' | 'unable' | 'unconfigured' | 'refused' | 'unreachable'

export const pushStanding = signal<PushStanding | undefined>(undefined)

async function register(): Promise<PushStanding> {
  const worker = await findWorker()
  if (!worker || !('PushManager' in globalThis)) return 'unable'
  try {
    const { firebase } = await client.rest.push.webApp()
    if (firebase) await registerPush(worker, firebase)
    return firebase ? 'on' : 'unconfigured'
  } catch (error) {
    // Whoever is asked for a subscription and gives none says so by an exception of the browser's own.
    const isRefused = error instanceof DOMException && error.name !== 'TimeoutError'
    return isRefused ? 'refused' : 'unreachable'
  }
}

/** Brings the registration of this browser in line with what was chosen in it; one page of it at a time. */
export async function keepPush(): Promise<void> {
  await navigator.locks.request('push', async () => {
    const isWanted = choices.value.isShown && Notification.permission === 'granted'
    if (!isWanted) await endPush()
    pushStanding.value = isWanted ? await register() : undefined
  })
}
