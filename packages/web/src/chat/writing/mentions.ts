import { limits } from '@secureconnect/protocol/constants'
import { client } from '../../app/client.ts'
import { words } from '../../words/index.ts'
import { findConversation } from '../list/conversations.ts'
import { membersOf } from '../members.ts'

/** By this, owners and admins of a group mean everybody. */
export const everybody = 'all'
/** A name that somebody is mentioned by; what ends a sentence is none of it. */
export const mentionPattern = /@([\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*)/gu
const unfinished = /(?:^|[\s(])@([\p{L}\p{N}._-]*)$/u
const mostShown = 6

/** Somebody who can be mentioned: what is written for him, and what he is called. */
export type Mentionable = { userId: string | null; username: string; name: string }

/** What stands after the last @ before the caret, and where that is. */
export function findBegun(text: string, caret: number): { start: number; query: string } | undefined {
  const match = unfinished.exec(text.slice(0, caret))
  const query = match?.[1]
  return query === undefined ? undefined : { start: caret - query.length - 1, query }
}

function mayMeanEverybody(conversationId: string): boolean {
  const conversation = findConversation(conversationId)
  return conversation?.type === 'group' && conversation.role !== 'member'
}

/** Those whose name begins like that, by one of its words. */
export function listMentionable(conversationId: string, query: string): Mentionable[] {
  const sought = query.toLocaleLowerCase()
  const people = membersOf(conversationId).flatMap(({ user_id, username, display_name }) =>
    username && display_name && user_id !== client.userId ? [{ userId: user_id, username, name: display_name }] : [],
  )
  const all = { userId: null, username: everybody, name: words.mentions.everybody }
  return [...people, ...(mayMeanEverybody(conversationId) ? [all] : [])]
    .filter(({ username, name }) =>
      [username, ...name.split(/\s+/)].some((part) => part.toLocaleLowerCase().startsWith(sought)),
    )
    .slice(0, mostShown)
}

/** Who is mentioned by what somebody wrote. */
export function mentionsIn(conversationId: string, text: string): { mentions?: string[]; mentions_all?: boolean } {
  const named = new Set([...text.matchAll(mentionPattern)].map(([, name = '']) => name.toLocaleLowerCase()))
  if (named.size === 0) return {}
  const mentions = membersOf(conversationId)
    .filter(({ user_id, username }) => user_id !== client.userId && named.has(username?.toLocaleLowerCase() ?? ''))
    .map(({ user_id }) => user_id)
    .slice(0, limits.mentionsPerMessage)
  const isForAll = named.has(everybody) && mayMeanEverybody(conversationId)
  return { ...(mentions.length > 0 && { mentions }), ...(isForAll && { mentions_all: true }) }
}
