import { signal } from '@preact/signals'
import { createClientId, type Draft, type EventFrame, type Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { kept } from '../../app/kept.ts'
import { explain } from '../../words/explain.ts'
import { mentionsIn } from './mentions.ts'

type KeptDraft = Draft & { client_id: string }

/** A message of one's own that does not stand in the conversation yet. */
export type Outgoing = { draft: KeptDraft; sent?: Message; refusal?: string }

/** In the order in which they were written. */
export const outgoing = signal<readonly Outgoing[]>([])

function remove(clientId: string): void {
  outgoing.value = outgoing.value.filter(({ draft }) => draft.client_id !== clientId)
}

function update(clientId: string, facts: Partial<Outgoing>): void {
  outgoing.value = outgoing.value.map((one) => (one.draft.client_id === clientId ? { ...one, ...facts } : one))
}

function isInLog({ conversation_id, seq }: Message): boolean {
  const position = client.chat.positions[conversation_id]
  return !position || position.seq >= seq
}

client.chat.on('sent', (message) => {
  if (message.client_id === undefined) return
  if (isInLog(message)) remove(message.client_id)
  else update(message.client_id, { sent: message })
})

/** Whether an event is that a message of one's own stands in the conversation: it may come before the answer to sending it. */
function isArrival(event: EventFrame, { draft }: Outgoing): boolean {
  if (event.kind !== 'message.created' || event.data.sender_id !== client.userId) return false
  return event.data.client_id === draft.client_id
}

client.chat.on('event', (event) => {
  const { conversation_id, seq } = event
  const isStillOut = (one: Outgoing) => {
    if (one.sent) return one.sent.conversation_id !== conversation_id || one.sent.seq > seq
    return !isArrival(event, one)
  }
  if (!outgoing.value.every(isStillOut)) outgoing.value = outgoing.value.filter(isStillOut)
})

client.chat.on('unsent', ({ draft, reason, error }) => {
  if (reason === 'signed-out') return
  const refusal = explain(error)
  update(draft.client_id, { refusal })
  // It stays until its author decides, also when the page is loaded anew.
  void kept.write('refused', draft.client_id, JSON.stringify({ draft, refusal }))
})

function send(draft: KeptDraft): void {
  outgoing.value = [...outgoing.value, { draft }]
  // What becomes of it is told by `sent` and `unsent`.
  client.chat.send(draft).catch(() => undefined)
}

/** Sends what somebody wrote as soon as can be. */
export function sendMessage(draft: Draft): void {
  const mentions = mentionsIn(draft.conversation_id, draft.content)
  send({ ...draft, ...mentions, client_id: createClientId() })
}

/** Forgets a refused message. */
export function discard({ draft }: Outgoing): void {
  remove(draft.client_id)
  void kept.remove('refused', draft.client_id)
}

/** Sends a refused message once more, as another one: the first may be refused for good. */
export function sendAgain(one: Outgoing): void {
  discard(one)
  send({ ...one.draft, client_id: createClientId() })
}

/** Takes up what an earlier page has not sent. */
export async function restoreOutgoing(): Promise<void> {
  const [unsent, refused] = await Promise.all([client.chat.listUnsent(), kept.list('refused')])
  const known = new Set(outgoing.value.map(({ draft }) => draft.client_id))
  const waiting = unsent.map(({ draft }) => ({ draft })).filter(({ draft }) => !known.has(draft.client_id))
  outgoing.value = [...[...refused.values()].map((text): Outgoing => JSON.parse(text)), ...waiting, ...outgoing.value]
}

export function forgetOutgoing(): void {
  outgoing.value = []
}
