import { repeat, tellFailure } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { reportCall } from '../reports/report-call.ts'
import {
  listDueLobbies,
  listDueRings,
  listIntruders,
  listLostRooms,
  listOverdue,
  listUnreported,
  removeOldCalls,
} from '../stores/due-calls.ts'
import { dropOverdue, expel, noteRoomLost } from './attendance.ts'
import type { CallState } from './call-state.ts'
import { type Changing, changeCallIn } from './change-call.ts'
import { dropUnanswered } from './lobby.ts'
import { stopRinging } from './ringing.ts'

const name = 'calls'
const everyMs = 1_000

type Needed = Changing & Pick<Context, 'config' | 'log'>

/**
 * Does, every second, what nobody has to ask for: ends what rang or waited long enough, takes those for gone who did not
 * come back, removes who may not be there any more, reports what is over, forgets what was over long ago. Any process does
 * it for all, so that none has to live for it to happen.
 */
export function keepCalls(context: Needed): AsyncDisposable {
  const { config, log } = context
  const sql = context.sql.background

  /** A call that cannot be changed now keeps no other from it. */
  const attempt = (work: Promise<unknown>) => work.catch((error) => tellFailure({ name, log }, error))
  const change = (callId: string, next: (state: CallState) => CallState) =>
    attempt(sql.transaction((tx) => changeCallIn(tx, context, { place: { callId }, change: next })))

  async function work(signal: AbortSignal): Promise<void> {
    const duties = [
      { list: listDueRings, next: stopRinging },
      { list: listDueLobbies, next: dropUnanswered },
      { list: listLostRooms, next: (state: CallState) => noteRoomLost(state, config.callResumeMs) },
      { list: listOverdue, next: dropOverdue },
    ]
    for (const { list, next } of duties) {
      for (const { call_id } of await list(sql)) if (!signal.aborted) await change(call_id, next)
    }
    const intruders = Map.groupBy(await listIntruders(sql), ({ call_id }) => call_id)
    for (const [callId, people] of intruders) {
      const userIds = people.map(({ user_id }) => user_id)
      if (!signal.aborted) await change(callId, (state) => expel(state, userIds))
    }
    for (const { call_id: callId } of await listUnreported(sql)) {
      if (!signal.aborted) await attempt(reportCall({ ...context, sql }, callId))
    }
    await removeOldCalls(sql, config.callHistoryDays)
  }

  return repeat({ name, everyMs, log, work })
}
