import { signal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import type { Participant } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { meet } from '../people/people.ts'

const known = signal<ReadonlyMap<string, readonly Participant[]>>(new Map())

function put(conversationId: string, members: readonly Participant[]): void {
  known.value = new Map(known.value).set(conversationId, members)
}

/** Who is in a conversation, by when they came; nobody while that is not known. */
export function membersOf(conversationId: string): readonly Participant[] {
  return known.value.get(conversationId) ?? []
}

/** Learns who is in a conversation, and by that the names of most who wrote there. */
export async function loadMembers(conversation_id: string): Promise<void> {
  const all: Participant[] = []
  let cursor: { cursor?: string } | undefined = {}
  while (cursor) {
    const page: Awaited<ReturnType<typeof client.rest.conversations.listParticipants>> =
      await client.rest.conversations.listParticipants({ conversation_id, limit: limits.pageItems.max, ...cursor })
    all.push(...page.participants)
    cursor = page.next_cursor === null ? undefined : { cursor: page.next_cursor }
  }
  meet(
    all.flatMap(({ user_id, username, display_name, avatar_file_id }) =>
      username && display_name ? [{ user_id, username, display_name, avatar_file_id }] : [],
    ),
  )
  put(conversation_id, all)
}

client.chat.on('event', ({ conversation_id: id, kind, data }) => {
  const members = known.value.get(id)
  if (!members) return
  // What is not told with the event has to be asked for; without an answer the next visit asks again.
  if (kind === 'member.joined') loadMembers(id).catch(() => undefined)
  if (kind === 'member.left') {
    put(
      id,
      members.filter(({ user_id }) => user_id !== data.user_id),
    )
  }
  const changed = kind === 'conversation.updated' ? data.member : undefined
  if (changed) {
    put(
      id,
      members.map((one) => (one.user_id === changed.user_id ? { ...one, role: changed.role } : one)),
    )
  }
})

export function forgetMembers(): void {
  known.value = new Map()
}
