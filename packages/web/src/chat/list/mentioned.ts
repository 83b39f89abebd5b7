import { signal } from '@preact/signals'
import type { Message, OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'

/** Where one was mentioned last, by conversation. */
const places = signal<ReadonlyMap<string, number>>(new Map())

function note(conversationId: string, seq: number): void {
  if ((places.value.get(conversationId) ?? 0) < seq) places.value = new Map(places.value).set(conversationId, seq)
}

function noteMessage({ conversation_id, seq, sender_id, mentions, mentions_all }: Message): void {
  const isMeant = mentions_all || mentions.includes(client.userId ?? '')
  if (isMeant && sender_id !== client.userId) note(conversation_id, seq)
}

client.chat.on('event', ({ kind, data }) => {
  if (kind === 'message.created') noteMessage(data)
})
client.chat.on('conversation.changed', ({ last_message: last }) => {
  if (last) noteMessage(last)
})

/** Learns of mentions that came while no page was open. */
export async function loadMentions(): Promise<void> {
  // Without an answer there are only fewer marks.
  const { notifications } = await client.rest.notifications.list({ limit: 100 }).catch(() => ({ notifications: [] }))
  for (const { kind, conversation_id, seq, is_read } of notifications) {
    if (kind === 'mention' && !is_read && conversation_id !== null && seq !== null) note(conversation_id, seq)
  }
}

/** Whether one is mentioned by something that one has not read yet. */
export function isMentionedIn({ conversation_id, read_seq, unread_count }: OwnConversation): boolean {
  return unread_count > 0 && (places.value.get(conversation_id) ?? 0) > read_seq
}

export function forgetMentions(): void {
  places.value = new Map()
}
