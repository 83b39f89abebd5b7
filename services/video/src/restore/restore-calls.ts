import { createLocalKv } from '@secureconnect/kv'
import { dropEffects } from '@secureconnect/outbox'
import type { Sql } from '@secureconnect/sql'
import type { CallState } from '../calls/call-state.ts'
import { changeCallIn } from '../calls/change-call.ts'
import { finish } from '../calls/settle.ts'
import { reportCall } from '../reports/report-call.ts'
import { forgetNodes, listGoingOn, skipVersions } from '../stores/restored-calls.ts'
import { webhookTopic } from '../webhooks/tell-webhooks.ts'

/** It was over, as far as anybody knows, when its room was last heard of. */
function end(state: CallState, at: Date): CallState {
  const status = state.call.status === 'ringing' ? 'cancelled' : 'ended'
  return finish({ ...state, at }, { status, reason: 'server_restart' })
}

/**
 * What calls need once their database has come back from a backup, before any service starts: those that went on then are
 * over, and no webhook goes out that may have gone out before, nor one of these ends: their receiver may know better how
 * the calls went on. Doing it again does no harm.
 */
export async function restoreCalls(sql: Sql): Promise<{ calls: number; webhooks: number }> {
  // Nobody runs who could be told; what conversations and people are told of it waits for them in the database.
  await using kv = createLocalKv()
  const quietly = { kv, webhooks: undefined, events: { callChanged: () => undefined } }
  const goingOn = await listGoingOn(sql)
  await forgetNodes(sql)
  for (const { call_id: callId, seen_at } of goingOn) {
    await sql.transaction(async (tx) => {
      await changeCallIn(tx, quietly, { place: { callId }, change: (state) => end(state, seen_at) })
      await skipVersions(tx, callId)
    })
    await reportCall({ sql, ...quietly }, callId)
  }
  return { calls: goingOn.length, webhooks: await dropEffects(sql, [webhookTopic]) }
}
