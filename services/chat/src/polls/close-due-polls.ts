import { repeat, tellFailure } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { lockHeads } from '../stores/conversation-log.ts'
import { listDuePolls } from '../stores/polls.ts'
import { appendPollClosing } from './change-poll.ts'

type Needed = Pick<Context, 'sql' | 'fanOut' | 'log'>

const name = 'polls'
const everyMs = 1_000
const pollsPerPass = 200

/** Says of a poll whose time is up that it is closed; of several processes that try, one does. */
export async function closeDuePoll(
  { sql, fanOut }: Pick<Needed, 'sql' | 'fanOut'>,
  due: { poll_id: string; conversation_id: string },
): Promise<void> {
  await sql.background.transaction(async (tx) => {
    const [head] = await lockHeads(tx, [due.conversation_id])
    if (head) await appendPollClosing(tx, { head, pollId: due.poll_id, actorId: null, fanOut })
  })
}

/** Closes, within a second or two, polls whose time is up; nobody has voted since it was. */
export function closeDuePolls(needed: Needed): AsyncDisposable {
  const { sql, log } = needed
  const work = async (signal: AbortSignal) => {
    for (const due of await listDuePolls(sql.background, pollsPerPass)) {
      if (signal.aborted) return
      await closeDuePoll(needed, due).catch((error) => tellFailure({ name, log }, error))
    }
  }
  return repeat({ name, everyMs, log, work })
}
