import { type OutboxRow, type Topic, Undeliverable } from '@secureconnect/outbox'
import { eventData } from '@secureconnect/protocol'
import { column, type Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { FanOut } from '../fan-out/fan-out.ts'
import { appendEvents } from '../log/append-events.ts'
import { lockHeads } from '../stores/conversation-log.ts'

type CallKind = 'call.started' | 'call.ended'

function CallNews<K extends CallKind>(kind: K) {
  return Type.Object({ kind: Type.Literal(kind), conversation_id: column.id, data: eventData[kind] })
}

const callNews = Compile(Type.Union([CallNews('call.started'), CallNews('call.ended')]))

type Needed = { fanOut: Pick<FanOut, 'publish'> }

async function logCall(tx: Transaction, { payload }: OutboxRow, { fanOut }: Needed): Promise<void> {
  if (!callNews.Check(payload)) throw new Undeliverable('the row is no news of a call')
  const { kind, conversation_id, data } = payload
  const [head] = await lockHeads(tx, [conversation_id])
  // Nobody is left who could read it.
  if (!head || head.member_count === 0) return
  const actor_id = kind === 'call.started' ? data.caller_id : null
  await appendEvents(tx, { head, drafts: [{ kind, actor_id, data }], fanOut })
}

/** Has the logs of conversations say which calls there were. */
export function createCallLog(needed: Needed): Topic {
  return { apply: (tx, row) => logCall(tx, row, needed), attempts: Number.MAX_SAFE_INTEGER }
}
