import { assertNotBlocked } from '@secureconnect/directory'
import { limits } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { deletedAlready, limitReached } from '../errors.ts'
import { appendEvents } from '../log/append-events.ts'
import { changeMessage, type Held } from '../log/change-message.ts'
import { peerOf } from '../log/peer-of.ts'
import { addPin, listPins, removePin } from '../stores/pins.ts'

type Needed = Pick<Context, 'sql' | 'inTurn' | 'archive' | 'fanOut' | 'events'>
type Pinning = { messageId: string; userId: string }
const most = limits.pinsPerConversation

async function tell(
  context: Needed,
  held: Held,
  { userId, kind }: { userId: string; kind: 'pin.added' | 'pin.removed' },
) {
  const { tx, head, message } = held
  const { messageId, conversationId, seq: target_seq } = message
  const draft = { kind, actor_id: userId, target_seq, data: { message_id: messageId, by: userId } }
  await appendEvents(tx, { head, drafts: [draft], fanOut: context.fanOut })
  tx.afterCommit(() => context.events.messagePinned({ messageId, conversationId, userId, kind }))
}

/** What one of two who block one another did would show with the other. */
async function assertPeaceful({ tx, head }: Held, userId: string): Promise<void> {
  const peer = peerOf(head, userId)
  if (peer !== null) await assertNotBlocked(tx, userId, peer)
}

/** Keeps a message in sight of everybody in its conversation. */
export async function pinMessage(context: Needed, pinning: Pinning): Promise<void> {
  const { userId } = pinning
  await changeMessage(context, pinning, async (held) => {
    const { tx, message } = held
    const { conversationId, deletedAt } = message
    await assertPeaceful(held, userId)
    if (deletedAt) throw deletedAlready()
    if (!(await addPin(tx, { ...message, userId }))) return
    const pins = await listPins(tx, { conversationId, afterSeq: 0 })
    if (pins.length > most) throw limitReached(`pins of a conversation: ${most}`)
    await tell(context, held, { userId, kind: 'pin.added' })
  })
}

/** Keeps a message in sight no longer, whoever wanted it to be. */
export async function unpinMessage(context: Needed, pinning: Pinning): Promise<void> {
  const { userId } = pinning
  await changeMessage(context, pinning, async (held) => {
    await assertPeaceful(held, userId)
    if (await removePin(held.tx, held.message)) await tell(context, held, { userId, kind: 'pin.removed' })
  })
}
