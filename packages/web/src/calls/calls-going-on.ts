import { signal } from '@preact/signals'
import { client } from '../app/client.ts'

/** The call of each conversation, as far as it is known: null where none goes on. */
const known = signal<ReadonlyMap<string, string | null>>(new Map())

function note(conversationId: string, callId: string | null): void {
  known.value = new Map([...known.value, [conversationId, callId]])
}

client.chat.on('event', ({ conversation_id, ...event }) => {
  if (event.kind === 'call.started') note(conversation_id, event.data.call_id)
  if (event.kind === 'call.ended' && known.value.get(conversation_id) === event.data.call_id)
    note(conversation_id, null)
})

export const callIn = (conversationId: string) => known.value.get(conversationId) ?? undefined

/** Asks which call goes on in a conversation: there is one at most, and it is the newest. */
export async function findCallIn(conversation_id: string): Promise<string | undefined> {
  const before = known.value.get(conversation_id)
  const { calls } = await client.rest.calls.list({ conversation_id, limit: 1 })
  const goesOn = calls.find(({ ended_at }) => ended_at === null)
  // What was told meanwhile is newer.
  if (known.value.get(conversation_id) === before) note(conversation_id, goesOn?.call_id ?? null)
  return goesOn?.call_id
}

export function forgetCalls(): void {
  known.value = new Map()
}
