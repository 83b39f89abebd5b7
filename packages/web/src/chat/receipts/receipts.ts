import { signal } from '@preact/signals'
import type { ChatEvents } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'

type Receipt = ChatEvents['receipt']['receipts'][number]
type Receipts = ReadonlyMap<string, Receipt>

/** How far a message of one's own has come: to the server, to everybody else, and whether all of them have read it. */
export type Progress = 'sent' | 'delivered' | 'read'
/** Up to where everybody else got and read a conversation. */
export type Reach = { delivered: number; read: number }

const known = signal<ReadonlyMap<string, Receipts>>(new Map())

function put(conversationId: string, receipts: readonly Receipt[]): void {
  const others = receipts.filter(({ user_id }) => user_id !== client.userId)
  const next = new Map(known.value.get(conversationId))
  for (const one of others) next.set(one.user_id, one)
  known.value = new Map(known.value).set(conversationId, next)
}

client.chat.on('receipt', ({ conversation_id, receipts }) => put(conversation_id, receipts))
client.chat.on('event', ({ conversation_id, kind, data }) => {
  if (kind !== 'member.left') return
  const next = new Map(known.value.get(conversation_id))
  if (next.delete(data.user_id)) known.value = new Map(known.value).set(conversation_id, next)
})

/** Learns how far the others of a conversation have come; in large ones, and by those who do not show it, nobody tells. */
export async function loadReceipts(conversation_id: string): Promise<void> {
  const { receipts } = await client.rest.receipts.listOfConversation({ conversation_id })
  put(conversation_id, receipts)
}

/** Nothing where nobody tells. */
export function reachOf(conversationId: string): Reach | undefined {
  const receipts = [...(known.value.get(conversationId)?.values() ?? [])]
  if (receipts.length === 0) return undefined
  return {
    delivered: Math.min(...receipts.map((one) => Math.max(one.delivered_seq, one.read_seq))),
    read: Math.min(...receipts.map((one) => one.read_seq)),
  }
}

export function progressOf(seq: number, reach: Reach | undefined): Progress {
  if (!reach || seq > reach.delivered) return 'sent'
  return seq > reach.read ? 'delivered' : 'read'
}

export function forgetReceipts(): void {
  known.value = new Map()
}
