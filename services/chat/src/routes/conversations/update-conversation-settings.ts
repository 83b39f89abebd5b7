import { assertNotBlocked, hasOngoingCall } from '@secureconnect/directory'
import { conversations, limits } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../../context.ts'
import { actIn } from '../../conversations/act-in.ts'
import { getOwnConversation } from '../../conversations/own-conversations.ts'
import { assertMayManage } from '../../conversations/rights.ts'
import { updateConversation } from '../../conversations/update-conversation.ts'
import { callIsPlain, encryptionStays, limitReached } from '../../errors.ts'
import { peerOf } from '../../log/peer-of.ts'
import type { Head } from '../../stores/conversation-log.ts'

const mostEncrypted = limits.membersPerEncryptedConversation

async function assertEncryption(tx: Transaction, head: Head, isEncrypted: boolean | undefined): Promise<void> {
  if (head.is_e2ee_enabled && isEncrypted === false) throw encryptionStays()
  if (!isEncrypted || head.is_e2ee_enabled) return
  if (head.member_count > mostEncrypted) throw limitReached(`members of an encrypted conversation: ${mostEncrypted}`)
  // What is published in it, and recorded of it, would go on as it is.
  if (await hasOngoingCall(tx, head.conversation_id)) throw callIsPlain()
}

export const updateConversationSettings = route(
  conversations.updateSettings,
  ({ sql, fanOut, events }: Pick<Context, 'sql' | 'fanOut' | 'events'>) =>
    async ({ params, body, caller: { userId } }) => {
      const place = { conversationId: params.conversation_id, userId }
      const hasChanged = await sql.transaction(async (tx) => {
        const { head, own } = await actIn(tx, place)
        // Of two people neither is above the other.
        if (head.type === 'group') assertMayManage(head, own.role)
        const peer = peerOf(head, userId)
        if (peer !== null) await assertNotBlocked(tx, userId, peer)
        await assertEncryption(tx, head, body.is_e2ee_enabled)
        return updateConversation(tx, { head, changes: body, by: userId, fanOut })
      })
      if (hasChanged) events.conversationUpdated(place)
      return getOwnConversation(sql, place)
    },
)
