import type { ReadState } from '@secureconnect/protocol'
import { validationError } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { messageNotFound } from '../errors.ts'
import { getReadPointer } from '../receipts/get-read-pointer.ts'
import { tellReceipt } from '../receipts/tell-receipt.ts'
import { moveReadPointer, type ReadPointer } from '../stores/read-pointers.ts'
import type { Viewer } from '../stores/views.ts'
import { countMessages } from './count-messages.ts'
import { findVisible } from './find-message.ts'

type Needed = Pick<Context, 'sql' | 'archive' | 'fanOut'>
export type Reading = Viewer & { lastMessageId: string | undefined; seq: number | undefined }

async function placeOf(context: Needed, { conversationId, userId, lastMessageId, seq }: Reading): Promise<number> {
  if (lastMessageId === undefined && seq !== undefined) return seq
  if (lastMessageId === undefined || seq !== undefined) {
    throw validationError([{ field: 'seq', message: 'must be given where last_message_id is not, and not beside it' }])
  }
  const message = await findVisible(context, { messageId: lastMessageId, userId })
  if (message.conversationId !== conversationId) throw messageNotFound()
  return message.seq
}

function toReadState(conversation_id: string, { read_seq, read_number, message_count }: ReadPointer): ReadState {
  // He may have sent something himself since the messages were counted.
  return { conversation_id, read_seq, unread_count: Math.max(0, message_count - read_number) }
}

/** Moves on how far somebody has read, and never back, whichever of his devices says so; answers how it stands now. */
export async function readConversation(context: Needed, reading: Reading): Promise<ReadState> {
  const { sql } = context
  const { conversationId, userId } = reading
  const pointer = await getReadPointer(sql, reading)
  const seq = Math.min(await placeOf(context, reading), pointer.last_seq)
  if (seq <= pointer.read_seq) return toReadState(conversationId, pointer)
  const number = await countMessages(context, { conversationId, seq, pointer })
  const moved = await moveReadPointer(sql, { conversationId, userId, seq, number })
  // Another device was faster, and farther.
  if (!moved) return toReadState(conversationId, await getReadPointer(sql, reading))
  const now = { ...pointer, ...moved }
  await tellReceipt(context, { conversationId, userId, pointer: now })
  return toReadState(conversationId, now)
}
