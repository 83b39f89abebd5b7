import { effect, signal } from '@preact/signals'
import { link } from '../chat/connection.ts'
import { client } from './client.ts'

/** What one may show oneself as to others. */
export const statuses = ['online', 'away', 'busy', 'offline'] as const
export type OwnStatus = (typeof statuses)[number]

export const ownStatus = signal<OwnStatus>('online')

/** Looks how one is shown: another device may have said so. */
async function readOwnStatus(): Promise<void> {
  const { userId } = client
  if (userId === undefined) return
  const { presence } = await client.rest.presence.list({ user_ids: userId })
  const status = statuses.find((known) => known === presence[0]?.status)
  if (status) ownStatus.value = status
}

export async function chooseStatus(status: OwnStatus): Promise<void> {
  const before = ownStatus.value
  ownStatus.value = status
  await client.rest.presence.set({ status }).catch(() => {
    ownStatus.value = before
  })
}

effect(() => {
  if (link.value.status === 'open') readOwnStatus().catch(() => undefined)
})
