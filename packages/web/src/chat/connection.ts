import { signal } from '@preact/signals'
import type { LinkState } from '@secureconnect/sdk'
import { client } from '../app/client.ts'

export const link = signal<LinkState>(client.chat.state)

client.chat.on('state', (state) => {
  link.value = state
})

/** Connects for as long as somebody is signed in. */
export function connect(): () => void {
  // Who is sent away for good is told by the state.
  client.chat.open().catch(() => undefined)
  return () => client.chat.close()
}
