import { signal } from '@preact/signals'
import { client } from '../../app/client.ts'

/** The server forgets after six seconds; what is told anew within them goes on. */
const lastsMs = 6_000
const tellEveryMs = 3_000

type Typist = { conversationId: string; userId: string }

const typists = signal<readonly Typist[]>([])
const endings = new Map<string, ReturnType<typeof setTimeout>>()

function end({ conversationId, userId }: Typist): void {
  typists.value = typists.value.filter((one) => one.conversationId !== conversationId || one.userId !== userId)
}

client.chat.on('typing', ({ conversation_id: conversationId, user_id: userId, is_typing }) => {
  if (userId === client.userId) return
  const one = { conversationId, userId }
  const key = `${conversationId} ${userId}`
  clearTimeout(endings.get(key))
  end(one)
  if (!is_typing) return
  typists.value = [...typists.value, one]
  endings.set(
    key,
    setTimeout(() => end(one), lastsMs),
  )
})

// Whoever sends has stopped typing.
client.chat.on('event', (event) => {
  if (event.kind === 'message.created') end({ conversationId: event.conversation_id, userId: event.data.sender_id })
})

export function whoTypes(conversationId: string): readonly string[] {
  return typists.value.filter((one) => one.conversationId === conversationId).map(({ userId }) => userId)
}

let toldAt = 0
let toldWhere: string | undefined

/** Tells the others, not more often than they have to know. */
export function tellTyping(conversation_id: string): void {
  const now = performance.now()
  if (toldWhere === conversation_id && now - toldAt < tellEveryMs) return
  toldAt = now
  toldWhere = conversation_id
  client.chat.tell('typing', { conversation_id, is_typing: true })
}

export function tellStopped(conversation_id: string): void {
  if (toldWhere !== conversation_id) return
  toldWhere = undefined
  client.chat.tell('typing', { conversation_id, is_typing: false })
}
