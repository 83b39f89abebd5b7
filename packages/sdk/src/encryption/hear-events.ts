import type { EventFrame } from '@secureconnect/protocol'
import type { Follower } from './follow-commits.ts'
import type { GroupStore } from './group-store.ts'
import type { Fault } from './news.ts'
import type { createOpening } from './open-sealed.ts'

export type Hearing = {
  store: GroupStore
  follower: Follower
  opening: ReturnType<typeof createOpening>
  /** The group may have to hold other devices than it does; undefined for all groups. */
  doubt: (conversationId?: string) => void
}

type Watch = (work: Promise<unknown>, what: Fault['what'], conversationId: string) => Promise<unknown>

/** Does what an event of a conversation asks of its keys and texts. */
export function createHearing({ store, follower, opening, doubt }: Hearing, watch: Watch) {
  async function follow(event: Extract<EventFrame, { kind: 'group.commit' }>): Promise<void> {
    const { conversation_id: id, data } = event
    await store.run(id, async () => {
      const group = await follower.find(id)
      if (group) await follower.follow(id, group, { ...data, sender_id: data.by })
    })
  }

  return (event: EventFrame): void => {
    const { conversation_id: id, kind } = event
    if (kind === 'group.commit') void watch(follow(event), 'commit', id)
    else if (kind === 'message.edited') void watch(opening.openEdit(event), 'message', id)
    else if (kind === 'message.deleted') void watch(opening.forget(id, event.data.message_id), 'message', id)
    else if (kind === 'message.created' && event.data.is_encrypted)
      void watch(opening.openMessage(event.data), 'message', id)
    else if (kind === 'member.joined' || kind === 'member.left') doubt(id)
  }
}
