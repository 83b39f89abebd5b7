import type { AccountSteps } from '@secureconnect/account-jobs'
import type { Transaction } from '@secureconnect/sql'
import { expel } from '../calls/attendance.ts'
import { callStateKey } from '../calls/call-state.ts'
import { type Changing, changeCallIn } from '../calls/change-call.ts'
import { eraseTracks } from '../recording/remove-recording.ts'
import { listLiveCallsOf, removeTraces } from '../stores/account-rows.ts'

const rowsPerStep = 500

/**
 * Takes somebody out of the calls that go on, then forgets which he was in; his calls stay, as a deleted account's,
 * and their recordings without his tracks.
 */
export async function eraseCalls(
  tx: Transaction,
  { userId }: Parameters<AccountSteps['erase']>[1],
  context: Omit<Changing, 'sql'>,
): ReturnType<AccountSteps['erase']> {
  for (const { call_id: callId } of await listLiveCallsOf(tx, userId)) {
    await changeCallIn(tx, context, { place: { callId }, change: (state) => expel(state, [userId]) })
  }
  const callIds = await removeTraces(tx, userId, rowsPerStep)
  tx.afterCommit(() => {
    // Copies of their states name him still.
    for (const callId of callIds) void context.kv.delete(callStateKey(callId)).catch(() => undefined)
  })
  const tracks = await eraseTracks(tx, { userId, rows: rowsPerStep }, context.kv)
  return Math.max(callIds.length, tracks) >= rowsPerStep ? 'more' : undefined
}
