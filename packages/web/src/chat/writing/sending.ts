import { signal } from '@preact/signals'
import { createClientId, type Draft, type EventFrame, type Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { kept } from '../../app/kept.ts'
import { keptSealed } from '../../encryption/kept-sealed.ts'
import { noteSealedFiles, type SealedFile } from '../../encryption/sealed-files.ts'
import { explain } from '../../words/explain.ts'
import { isEncrypted } from '../list/conversations.ts'
import { mentionsIn } from './mentions.ts'
import { forgetUnsent, keepUnsent, sendSealed } from './send-sealed.ts'

/** A message as its author wrote it; files of an encrypted conversation are told of inside of it alone. */
export type OwnDraft = Draft & { client_id: string; sealedFiles?: readonly SealedFile[] }

/** A message of one's own that does not stand in the conversation yet. */
export type Outgoing = {
  draft: OwnDraft
  sent?: Message
  refusal?: string
  /** Nobody else has a device yet that could read it. */
  hasNoReader?: boolean
}

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
  // What was sealed is sealed anew where its keys were old; whoever sent it hears in the end.
  if (reason === 'signed-out' || draft.is_encrypted) return
  const refusal = explain(error)
  update(draft.client_id, { refusal })
  // It stays until its author decides, also when the page is loaded anew.
  void kept.write('refused', draft.client_id, JSON.stringify({ draft, refusal }))
})

/** Sends it so that only the devices of its conversation can read it; where that cannot be, it is not sent. */
async function sendEncrypted(draft: OwnDraft): Promise<void> {
  const { client_id: id } = draft
  try {
    await keepUnsent(draft)
    const message = await sendSealed(draft, () => update(id, { hasNoReader: true }))
    if (isInLog(message)) remove(id)
    await forgetUnsent(draft)
  } catch (error) {
    const refusal = explain(error)
    update(id, { refusal })
    await keepUnsent(draft, refusal).catch(() => undefined)
  }
}

function send(draft: OwnDraft): void {
  noteSealedFiles(draft.sealedFiles, draft.file_ids ?? [])
  outgoing.value = [...outgoing.value, { draft }]
  if (isEncrypted(draft.conversation_id)) return void sendEncrypted(draft)
  // What becomes of it is told by `sent` and `unsent`.
  client.chat.send(draft).catch(() => undefined)
}

/** Sends what somebody wrote as soon as can be. */
export function sendMessage(draft: Omit<OwnDraft, 'client_id'>): void {
  const mentions = mentionsIn(draft.conversation_id, draft.content)
  send({ ...draft, ...mentions, client_id: createClientId() })
}

/** Forgets a refused message. */
export function discard({ draft }: Outgoing): void {
  remove(draft.client_id)
  if (isEncrypted(draft.conversation_id)) void forgetUnsent(draft)
  else void kept.remove('refused', draft.client_id)
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
  const isOurs = ({ draft }: Outgoing) => !draft.is_encrypted && !known.has(draft.client_id)
  const waiting = unsent.map(({ draft }) => ({ draft })).filter(isOurs)
  outgoing.value = [...[...refused.values()].map((text): Outgoing => JSON.parse(text)), ...waiting, ...outgoing.value]
}

/** Takes up what an earlier page has not sent in encrypted conversations. */
export async function restoreSealed(): Promise<void> {
  const known = new Set(outgoing.value.map(({ draft }) => draft.client_id))
  const found = [...(await keptSealed.list('unsent')).values()].map((text): Outgoing => JSON.parse(text))
  const lost = found.filter(({ draft }) => !known.has(draft.client_id))
  outgoing.value = [...lost, ...outgoing.value]
  for (const { draft } of lost) noteSealedFiles(draft.sealedFiles, draft.file_ids ?? [])
  for (const { draft } of lost.filter(({ refusal }) => refusal === undefined)) void sendEncrypted(draft)
}

export function forgetOutgoing(): void {
  outgoing.value = []
}
