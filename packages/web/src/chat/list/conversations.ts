import { computed, signal } from '@preact/signals'
import { ApiError, type EventFrame, insist, type OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { createLookup } from '../../app/lookup.ts'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'

const all = signal<ReadonlyMap<string, OwnConversation>>(new Map())
/** False until it is known whether there are any. */
export const areKnown = signal(false)

function lastActivity({ last_message, created_at }: OwnConversation): string {
  return last_message?.created_at ?? created_at
}

/** The latest activity first. */
export const conversations = computed(() =>
  [...all.value.values()].sort((a, b) => lastActivity(b).localeCompare(lastActivity(a))),
)
export const unreadTotal = computed(() =>
  conversations.value.reduce((sum, { unread_count: unread }) => sum + unread, 0),
)

export function titleOf({ type, title, peer_id }: OwnConversation): string {
  if (type === 'direct' && peer_id) return nameOf(peer_id)
  return title ?? words.conversations.untitledGroup
}

/** What came in within one turn, before it is drawn at once: the first time that may be thousands. */
let arrived = new Map<string, OwnConversation>()

function takeIn(): void {
  const next = arrived
  arrived = new Map()
  if (next.size > 0) all.value = new Map([...all.value, ...next])
}

export function put(conversation: OwnConversation): void {
  if (arrived.size === 0) queueMicrotask(takeIn)
  arrived.set(conversation.conversation_id, conversation)
}

/** One of those that are loaded. */
export const findConversation = (id: string): OwnConversation | undefined => arrived.get(id) ?? all.value.get(id)

/** Whether only the devices of its people can read what is said there. */
export const isEncrypted = (id: string): boolean => lookUpConversation(id)?.is_e2ee_enabled === true

function change(id: string, toNext: (before: OwnConversation) => OwnConversation): void {
  const before = findConversation(id)
  if (before) put(toNext(before))
}

/** Conversations that are followed from where they stand, as soon as the page of them has been read. */
let toFollow: Record<string, { log_epoch: number; seq: number }> = {}

function followSoon({ conversation_id, log_epoch, last_seq }: OwnConversation): void {
  if (client.chat.positions[conversation_id]) return
  if (Object.keys(toFollow).length === 0) queueMicrotask(followNow)
  toFollow[conversation_id] = { log_epoch, seq: last_seq }
}

function followNow(): void {
  const positions = toFollow
  toFollow = {}
  // It is refused for good only with the session, whose end is told elsewhere.
  client.chat.subscribe(positions).catch(() => undefined)
}

function isOfOthers({ sender_id }: { sender_id: string }): boolean {
  return sender_id !== client.userId
}

type Update = Extract<EventFrame, { kind: 'conversation.updated' }>['data']

/** What was changed of a conversation, and nothing else. */
function applySettings(before: OwnConversation, update: Update): OwnConversation {
  const { title, avatar_url, message_ttl_seconds, retention_days, is_e2ee_enabled, history, member } = update
  return {
    ...before,
    ...(title !== undefined && { title }),
    ...(avatar_url !== undefined && { avatar_url }),
    ...(message_ttl_seconds !== undefined && { message_ttl_seconds }),
    ...(retention_days !== undefined && { retention_days }),
    ...(is_e2ee_enabled !== undefined && { is_e2ee_enabled }),
    ...((history === 'all' || history === 'joined') && { history }),
    ...(member?.user_id === client.userId && member && { role: member.role }),
  }
}

/** How a conversation stands after an event of it. */
function advance(before: OwnConversation, event: EventFrame): OwnConversation {
  const next = { ...before, last_seq: Math.max(before.last_seq, event.seq) }
  const { last_message: last } = before
  switch (event.kind) {
    case 'message.created': {
      const unread = isOfOthers(event.data) ? before.unread_count + 1 : 0
      return { ...next, last_message: event.data, unread_count: unread }
    }
    case 'message.edited':
      if (last?.message_id !== event.data.message_id) return next
      return { ...next, last_message: { ...last, ...event.data } }
    case 'message.deleted':
      if (last?.message_id !== event.data.message_id) return next
      return { ...next, last_message: { ...last, ...event.data, content: null } }
    case 'conversation.updated':
      return applySettings(next, event.data)
    case 'member.joined':
      return { ...next, member_count: before.member_count + 1 }
    case 'member.left':
      return { ...next, member_count: before.member_count - 1 }
    default:
      return next
  }
}

client.chat.on('conversation.changed', (conversation) => {
  put(conversation)
  followSoon(conversation)
})
client.chat.on('conversation.removed', ({ conversation_id: id }) => {
  arrived.delete(id)
  all.value = new Map([...all.value].filter(([key]) => key !== id))
  others.put([[id, null]])
})
client.chat.on('event', (event) => {
  // What was told of as a whole already comes once more where it is followed from before.
  const before = findConversation(event.conversation_id)
  if (before && event.seq > before.last_seq) put(advance(before, event))
})
client.chat.on('receipt', ({ conversation_id, receipts }) => {
  // Read on another device of the same person.
  const own = receipts.find(({ user_id }) => user_id === client.userId)
  if (!own) return
  change(conversation_id, (before) =>
    own.read_seq < before.last_seq ? before : { ...before, read_seq: own.read_seq, unread_count: 0 },
  )
})

/** Says that all of a conversation was read, if it was not said before. */
export async function markRead({ conversation_id, last_seq, unread_count }: OwnConversation): Promise<void> {
  if (unread_count === 0) return
  const read = await client.chat.ask('read', { conversation_id, seq: last_seq })
  change(conversation_id, (before) => ({ ...before, read_seq: read.read_seq, unread_count: read.unread_count }))
}

/** Those beyond what was loaded first, by links to them. */
const others = createLookup<OwnConversation>(async (conversation_id) => {
  try {
    return await insist(() => client.rest.conversations.get({ conversation_id }))
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null
    throw error
  }
})

/** The conversation that somebody goes to: null where it is none of his, undefined while that is not known. */
export function lookUpConversation(id: string): OwnConversation | null | undefined {
  return findConversation(id) ?? (areKnown.value ? others.get(id) : undefined)
}

/** Learns which conversations there are without waiting for the first word of the socket. */
export async function loadConversations(): Promise<void> {
  const page = await client.rest.conversations.list({ limit: 50 })
  for (const conversation of page.conversations) {
    if (!findConversation(conversation.conversation_id)) put(conversation)
  }
  takeIn()
  areKnown.value = true
}

export function forgetConversations(): void {
  arrived = new Map()
  all.value = new Map()
  areKnown.value = false
  others.clear()
}
