import type { Queries } from '@secureconnect/sql'
import { listMessageRecipients, listNamedRecipients } from '../stores/recipients.ts'
import type { Concern } from './concerns.ts'

/** That somebody is to hear of something: in his list, on his devices, or both. */
export type News = { userId: string; concern: Concern; isListed: boolean; isPushed: boolean }

/** Of the messages in each conversation everybody hears once in his list, and of all of them at once on his devices. */
async function findMessageNews(sql: Queries, concerns: readonly Concern[]): Promise<News[]> {
  const messages = concerns.filter(({ kind }) => kind === 'message')
  if (messages.length === 0) return []
  const mentions = concerns.filter(({ kind }) => kind === 'mention')
  const bySeq = new Map(messages.map((concern) => [`${concern.conversation_id} ${concern.seq}`, concern]))
  const recipients = await listMessageRecipients(sql, { messages, mentions })
  return recipients.flatMap(({ conversation_id, user_id: userId, first_seq, last_seq, is_told, push_enabled }) => {
    const first = bySeq.get(`${conversation_id} ${first_seq}`)
    const last = bySeq.get(`${conversation_id} ${last_seq}`)
    if (!first || !last) return []
    return [
      { userId, concern: first, isListed: !is_told, isPushed: push_enabled },
      { userId, concern: last, isListed: false, isPushed: push_enabled },
    ]
  })
}

async function findOtherNews(sql: Queries, concerns: readonly Concern[]): Promise<News[]> {
  const others = concerns.filter(({ kind }) => kind !== 'message')
  if (others.length === 0) return []
  const recipients = await listNamedRecipients(sql, others)
  return recipients.flatMap(({ place, user_id: userId, push_enabled: isPushed }) => {
    const concern = others[place]
    return concern ? [{ userId, concern, isListed: true, isPushed }] : []
  })
}

/** Who is to hear of what concerns people, and how. */
export async function findNews(sql: Queries, concerns: readonly Concern[]): Promise<News[]> {
  return [...(await findMessageNews(sql, concerns)), ...(await findOtherNews(sql, concerns))]
}
