import type { EventKind, NotificationKind } from '@secureconnect/protocol'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { MessageFacts } from '../log/log-event.ts'
import type { NotableEvent, Stretch } from '../stores/notification-state.ts'

/** That an event is of interest to one person, or to everybody in its conversation. */
export type Concern = {
  kind: NotificationKind
  conversation_id: string
  /** Of the event. */
  seq: number
  /** Who caused it, and so need not hear of it. */
  actor_id: string | null
  /** Whom it concerns; null for all members. */
  user_id: string | null
  /** The message that it is about. */
  message_seq: number | null
  message_id: string | null
  poll_id: string | null
}

type Found = Pick<Concern, 'kind' | 'user_id'> & Partial<Pick<Concern, 'message_seq' | 'message_id' | 'poll_id'>>
type Find = (event: NotableEvent, conversation: Pick<Stretch, 'type'>) => Found[]

const message = Compile(Type.Pick(MessageFacts, ['message_type', 'mentions', 'mentions_all']))
const poll = Compile(Type.Object({ poll_id: Type.String(), status: Type.String() }))
const reaction = Compile(Type.Object({ message_id: Type.String(), author_id: Type.String() }))
const joining = Compile(Type.Object({ user_id: Type.String(), by: Type.Union([Type.String(), Type.Null()]) }))

const finders: { readonly [K in EventKind]?: Find } = {
  'message.created'({ data }) {
    if (!message.Check(data) || data.message_type === 'system') return []
    const { mentions = [], mentions_all = false } = data
    // A message for everybody here mentions everybody, once.
    if (mentions_all) return [{ kind: 'mention', user_id: null }]
    return [{ kind: 'message', user_id: null }, ...mentions.map((user_id) => ({ kind: 'mention', user_id }) as const)]
  },
  'reaction.added'({ data, target_seq: message_seq }) {
    if (!reaction.Check(data)) return []
    const { author_id: user_id, message_id } = data
    return [{ kind: 'reaction', user_id, message_seq, message_id }]
  },
  'poll.updated'({ data, target_seq: message_seq }) {
    if (!poll.Check(data) || data.status !== 'closed') return []
    return [{ kind: 'poll_closed', user_id: null, message_seq, poll_id: data.poll_id }]
  },
  'member.joined'({ data }, { type }) {
    const isNews = type === 'group' && joining.Check(data) && data.by !== null && data.by !== data.user_id
    return isNews ? [{ kind: 'group_added', user_id: data.user_id }] : []
  },
}

/** The events that may concern somebody. */
export const notableKinds = Object.keys(finders)

/** Whom an event concerns, and as what. */
export function findConcerns(event: NotableEvent, conversation: Pick<Stretch, 'type'>): Concern[] {
  const { conversation_id, seq, actor_id, message_id } = event
  const find = finders[event.kind as EventKind]
  const common = {
    conversation_id,
    seq,
    actor_id,
    message_seq: message_id === null ? null : seq,
    message_id,
    poll_id: null,
  }
  return find ? find(event, conversation).map((found) => ({ ...common, ...found })) : []
}
