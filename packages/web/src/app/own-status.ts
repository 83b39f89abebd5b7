import { attempt } from '../controls/attempt.ts'
import { usePresence } from '../people/presence.ts'
import { client } from './client.ts'

/** What one may show oneself as to others. */
export const statuses = ['online', 'away', 'busy', 'offline'] as const
export type OwnStatus = (typeof statuses)[number]

/** How others see one, whichever device said so; undefined while that is not known. */
export function useOwnStatus(): OwnStatus | undefined {
  const status = usePresence(client.userId ?? null)?.status
  return statuses.find((known) => known === status)
}

export async function chooseStatus(status: OwnStatus): Promise<void> {
  await attempt(() => client.rest.presence.set({ status }))
}
