import { signal } from '@preact/signals'
import type { EventFrame } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'

export type Poll = Awaited<ReturnType<typeof client.rest.polls.get>>
type Known = {
  polls: ReadonlyMap<string, Poll>
  /** From where on all polls are known. */
  fromSeq: number
  /** Where those before begin, if there are any. */
  next: { cursor?: string } | undefined
}

const known = signal<ReadonlyMap<string, Known>>(new Map())
const nothing: Known = { polls: new Map(), fromSeq: Number.POSITIVE_INFINITY, next: {} }
const loading = new Set<string>()

const of = (conversationId: string) => known.value.get(conversationId) ?? nothing

function put(conversationId: string, facts: Partial<Known>): void {
  known.value = new Map(known.value).set(conversationId, { ...of(conversationId), ...facts })
}

/** Takes in polls as they stand now. */
export function putPolls(conversationId: string, polls: readonly Poll[]): void {
  const next = polls.map((poll) => [poll.poll_id, poll] as const)
  put(conversationId, { polls: new Map([...of(conversationId).polls, ...next]) })
}

export function removePoll({ conversation_id, poll_id }: Poll): void {
  put(conversation_id, { polls: new Map([...of(conversation_id).polls].filter(([id]) => id !== poll_id)) })
}

/** The polls of a conversation that are known, in the order in which they were made. */
export function pollsOf(conversationId: string): readonly Poll[] {
  return [...of(conversationId).polls.values()].sort((a, b) => a.seq - b.seq)
}

/** Learns of all polls from a place on. */
export async function loadPolls(conversation_id: string, fromSeq: number): Promise<void> {
  if (loading.has(conversation_id)) return
  loading.add(conversation_id)
  try {
    for (let { next } = of(conversation_id); next && of(conversation_id).fromSeq > fromSeq; ) {
      const { polls, next_cursor } = await client.rest.polls.list({ conversation_id, ...next })
      putPolls(conversation_id, polls)
      next = next_cursor === null ? undefined : { cursor: next_cursor }
      put(conversation_id, { next, fromSeq: next ? (polls.at(-1)?.seq ?? 0) : 0 })
    }
  } finally {
    loading.delete(conversation_id)
  }
}

function advance(poll: Poll, { status, voter_count, options }: Updated): Poll {
  const countOf = (id: string) => options.find(({ option_id }) => option_id === id)?.vote_count ?? 0
  return {
    ...poll,
    status: status === 'closed' ? status : 'open',
    voter_count,
    options: poll.options.map((option) => ({ ...option, vote_count: countOf(option.option_id) })),
  }
}

type Updated = Extract<EventFrame, { kind: 'poll.updated' }>['data']

client.chat.on('event', ({ conversation_id: id, kind, data }) => {
  if (!known.value.has(id)) return
  if (kind === 'poll.created') {
    // Without an answer it is there the next time that somebody comes here.
    client.rest.polls.get({ poll_id: data.poll_id }).then(
      (poll) => putPolls(id, [poll]),
      () => undefined,
    )
  }
  const poll = kind === 'poll.updated' ? of(id).polls.get(data.poll_id) : undefined
  if (kind !== 'poll.updated' || !poll) return
  if (data.status === 'deleted') removePoll(poll)
  else putPolls(id, [advance(poll, data)])
})

// What was missed during a break comes as events, unless it was too much.
client.chat.on('reset', ({ conversation_id }) => {
  known.value = new Map([...known.value].filter(([id]) => id !== conversation_id))
})

export function forgetPolls(): void {
  known.value = new Map()
}
