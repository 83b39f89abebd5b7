import type { Transaction } from '@secureconnect/sql'
import type { FanOut } from '../fan-out/fan-out.ts'
import { type Head, insertEvents } from '../stores/conversation-log.ts'
import type { LogEvent } from './log-event.ts'

/** Something that happened, before it has its place. */
export type EventDraft = Pick<LogEvent, 'kind' | 'actor_id' | 'data'> &
  Partial<Pick<LogEvent, 'message_id' | 'target_seq' | 'content' | 'expires_at'>>

/** Gives drafts their places at the end of the log, and answers the head as it will be. */
export function placeEvents(head: Head, drafts: readonly EventDraft[]) {
  const moved = { ...head }
  const events = drafts.map((draft) => {
    moved.last_seq += 1
    const isMessage = draft.kind === 'message.created' && draft.data.message_type !== 'system'
    if (isMessage) {
      moved.message_count += 1
      moved.last_message_seq = moved.last_seq
    }
    return {
      conversation_id: head.conversation_id,
      seq: moved.last_seq,
      log_epoch: head.log_epoch,
      number: moved.message_count,
      message_id: null,
      target_seq: null,
      content: null,
      expires_at: null,
      ...draft,
    }
  })
  return { events, moved }
}

/**
 * Adds events to a conversation whose head this transaction has locked; the last thing that it does to this
 * conversation. They are told to whoever listens once they are committed.
 */
export async function appendEvents(
  tx: Transaction,
  { head, drafts, fanOut }: { head: Head; drafts: readonly EventDraft[]; fanOut: Pick<FanOut, 'publish'> },
): Promise<LogEvent[]> {
  const { events, moved } = placeEvents(head, drafts)
  const appended = await insertEvents(tx, { events, moved })
  appended.sort((a, b) => a.seq - b.seq)
  tx.afterCommit(() => fanOut.publish(appended))
  return appended
}
