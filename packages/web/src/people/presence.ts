import { signal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import type { Presence } from '@secureconnect/sdk'
import { useEffect } from 'preact/hooks'
import { client } from '../app/client.ts'

/** What is wanted within this time is asked for at once. */
const gatherMs = 150

const known = signal<ReadonlyMap<string, Presence>>(new Map())
/** How many places on the page want to know of somebody. */
const wanted = new Map<string, number>()
let isGathering = false

function put(presence: readonly Presence[]): void {
  if (presence.length > 0)
    known.value = new Map([...known.value, ...presence.map((one) => [one.user_id, one] as const)])
}

async function watch(): Promise<void> {
  isGathering = false
  if (client.chat.state.status !== 'open') return
  // Those that were wanted last are on the page most likely.
  const user_ids = [...wanted.keys()].slice(-limits.watchedPeople)
  // Without an answer nothing is shown, and the next connection asks again.
  await client.chat.ask('presence.watch', { user_ids }).then(
    ({ presence }) => put(presence),
    () => undefined,
  )
}

function watchSoon(): void {
  if (isGathering) return
  isGathering = true
  setTimeout(watch, gatherMs)
}

client.chat.on('presence', ({ presence }) => put(presence))
client.chat.on('state', ({ status }) => {
  // What was heard before a break may have changed since.
  known.value = new Map()
  if (status === 'open') watchSoon()
})

/** Whether somebody is there, kept up with for as long as it is shown. */
export function usePresence(userId: string | null): Presence | undefined {
  useEffect(() => {
    if (userId === null) return
    wanted.set(userId, (wanted.get(userId) ?? 0) + 1)
    watchSoon()
    return () => {
      const left = (wanted.get(userId) ?? 1) - 1
      if (left > 0) wanted.set(userId, left)
      else wanted.delete(userId)
      watchSoon()
    }
  }, [userId])
  return userId === null ? undefined : known.value.get(userId)
}
