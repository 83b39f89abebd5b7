import type { ReadState } from '@secureconnect/protocol'
import { validationError } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { conversationNotFound, messageNotFound } from '../errors.ts'
import { tellReceipt } from '../receipts/tell-receipt.ts'
import { findReadPointer, moveReadPointer } from '../stores/read-pointers.ts'
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

/** Moves on how far somebody has read, and never back, whichever of his devices says so; answers how it stands now. */
export async function readConversation(context: Needed, reading: Reading): Promise<ReadState> {
  const { sql } = context
  const { conversationId, userId } = reading
  let pointer = await findReadPointer(sql, reading)
  if (!pointer) throw conversationNotFound()
  const seq = Math.min(await placeOf(context, reading), pointer.last_seq)
  if (seq > pointer.read_seq) {
    const number = await countMessages(context, { conversationId, seq, pointer })
    const hasMoved = await moveReadPointer(sql, { conversationId, userId, seq, number })
    pointer = await findReadPointer(sql, reading)
    if (!pointer) throw conversationNotFound()
    if (hasMoved) await tellReceipt(context, { conversationId, userId, pointer })
  }
  const unread = pointer.message_count - pointer.read_number
  return { conversation_id: conversationId, read_seq: pointer.read_seq, unread_count: unread }
}
