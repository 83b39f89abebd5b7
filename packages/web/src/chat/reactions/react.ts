import { client } from '../../app/client.ts'
import { attempt } from '../../controls/attempt.ts'
import type { Talk } from '../talk.ts'

type Wanted = { messageId: string; emoji: string; isWanted: boolean }

/** Reacts to a message, or takes that back. */
export function react({ timeline }: Talk, { messageId, emoji, isWanted }: Wanted): Promise<boolean> {
  const { add, remove } = client.rest.reactions
  return attempt(async () => {
    const { reactions } = await (isWanted ? add : remove)({ message_id: messageId, emoji })
    timeline.change(messageId, (before) => ({ ...before, reactions }))
  })
}
