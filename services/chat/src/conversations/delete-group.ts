import type { Kv } from '@secureconnect/kv'
import type { Transaction } from '@secureconnect/sql'
import type { FanOut } from '../fan-out/fan-out.ts'
import { type Head, moveHeads } from '../stores/conversation-log.ts'
import { endMemberships, listMembers } from '../stores/members.ts'
import { endConversation } from './end-conversation.ts'

type Ending = { head: Head; fanOut: FanOut; kv: Pick<Kv, 'publish'> }

/** Ends a group for everybody. Nobody is left who could be told by an event: each hears it for himself. */
export async function deleteGroup(tx: Transaction, { head, fanOut, kv }: Ending): Promise<void> {
  const { conversation_id } = head
  const members = await listMembers(tx, { conversationId: conversation_id, after: undefined, rows: head.member_count })
  const userIds = members.map(({ user_id }) => user_id)
  await endMemberships(tx, { conversationId: conversation_id, userIds })
  const frame = { type: 'conversation.removed', conversation_id } as const
  await fanOut.addUserFrames(
    tx,
    userIds.map((userId) => ({ userId, frame })),
  )
  await endConversation(tx, head, kv)
  await moveHeads(tx, [head])
}
