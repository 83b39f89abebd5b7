import type { Kv } from '@secureconnect/kv'
import { enqueue, type OutboxRow, type Topic, Undeliverable } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { toApplied } from '../log/log-event.ts'
import { askForDrop } from '../stores/archive-drops.ts'
import { lockHeads } from '../stores/conversation-log.ts'
import { closeLog, purgedAtOnce, removeEvents, removeReferences } from '../stores/purged-conversations.ts'

const Payload = Compile(Type.Object({ conversation_id: Type.String() }))

async function purge(tx: Transaction, { topic, key, payload }: OutboxRow, kv: Pick<Kv, 'publish'>): Promise<void> {
  if (!Payload.Check(payload)) throw new Undeliverable('the row names no conversation')
  const { conversation_id: conversationId } = payload
  const [head] = await lockHeads(tx, [conversationId])
  if (!head) return
  await closeLog(tx, conversationId)
  if ((await removeEvents(tx, conversationId)) === purgedAtOnce) {
    await enqueue(tx, { topic, key, payload }, kv)
    return
  }
  await removeReferences(tx, conversationId)
  const applied = toApplied({ log_epoch: head.log_epoch + 1, seq: 0 })
  await askForDrop(tx, { conversation_id: conversationId, after_seq: 0, through_seq: head.last_seq, applied })
}

/** Removes what was said in conversations that ended, a part at a time. */
export function createPurge(kv: Pick<Kv, 'publish'>): Topic {
  return { apply: (tx, row) => purge(tx, row, kv), attempts: Number.MAX_SAFE_INTEGER }
}
