import type { Queries } from '@secureconnect/sql'
import { listBlocksBetween } from '../stores/blocks-between.ts'
import { listListeners, listNamedRecipients } from '../stores/recipients.ts'
import type { Concern } from './concerns.ts'

/** That somebody is to hear of something: in his list, on his devices, or both. */
export type News = { userId: string; concern: Concern; isListed: boolean; isPushed: boolean }

/** Of the messages in each conversation everybody hears once in his list, and of all of them at once on his devices. */
async function findMessageNews(sql: Queries, concerns: readonly Concern[]): Promise<News[]> {
  const messages = concerns.filter(({ kind }) => kind === 'message')
  if (messages.length === 0) return []
  const ends = new Map(messages.map(({ conversation_id, seq }) => [conversation_id, seq]))
  const listeners = await listListeners(
    sql,
    [...ends].map(([conversation_id, last_seq]) => ({ conversation_id, last_seq })),
  )
  const authors = new Set(messages.flatMap(({ actor_id }) => actor_id ?? []))
  const people = new Set(listeners.map(({ user_id }) => user_id))
  const apart = await listBlocksBetween(sql, [...people], [...authors])
  const mentions = concerns.filter(({ kind }) => kind === 'mention')
  const named = new Set(mentions.map(({ conversation_id, seq, user_id }) => `${conversation_id} ${seq} ${user_id}`))
  const byConversation = Map.groupBy(messages, ({ conversation_id }) => conversation_id)
  return listeners.flatMap(({ conversation_id: id, user_id: userId, seen_seq, is_told, is_pushed: isPushed }) => {
    const isNew = ({ seq, actor_id }: Concern) =>
      seq > seen_seq &&
      actor_id !== userId &&
      !apart.has(`${userId} ${actor_id}`) &&
      !named.has(`${id} ${seq} ${userId}`)
    const said = byConversation.get(id) ?? []
    const [first, last] = [said.find(isNew), said.findLast(isNew)]
    if (!first || !last) return []
    return [
      { userId, concern: first, isListed: !is_told, isPushed },
      { userId, concern: last, isListed: false, isPushed },
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
