import { pins } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { conversationNotFound } from '../../errors.ts'
import { loadAt } from '../../history/load-at.ts'
import { toMessage } from '../../log/to-message.ts'
import { withReactions } from '../../reactions/read-reactions.ts'
import { listPins as listRows } from '../../stores/pins.ts'

type Needed = Pick<Context, 'sql' | 'archive' | 'readView' | 'readReactions'>

export const listPins = route(pins.list, (context: Needed) => async ({ params, caller: { userId } }) => {
  const { conversation_id: conversationId } = params
  const { floor } = await context.readView({ conversationId, userId })
  if (floor === null) throw conversationNotFound()
  const rows = await listRows(context.sql, { conversationId, afterSeq: floor })
  const stored = await loadAt(context, { conversationId, seqs: rows.map(({ seq }) => seq) })
  const messages = await withReactions(context, { conversationId, userId, messages: stored.map(toMessage) })
  const bySeq = new Map(messages.map((message) => [message.seq, message]))
  const shown = rows.flatMap(({ seq, pinned_by, pinned_at }) => {
    const message = bySeq.get(seq)
    // What has expired is on its way out, and its pin with it.
    if (!message || message.deleted_at !== null) return []
    return [{ message, pinned_by, pinned_at: pinned_at.toISOString() }]
  })
  return { pins: shown }
})
