import { repeat, tellFailure } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { appendDeletion } from '../log/append-deletion.ts'
import { appendPollRemoval } from '../polls/change-poll.ts'
import { lockHeads } from '../stores/conversation-log.ts'
import { type Expired, forgetExpiring, listExpired, listExpiring } from '../stores/expiry.ts'

type Needed = Pick<Context, 'sql' | 'archive' | 'fanOut' | 'log'>

const name = 'expiry'
const everyMs = 1_000
const conversationsPerRead = 200
const lowestId = '00000000-0000-0000-0000-000000000000'
/** Few enough that nobody notices how long their conversation is locked. */
const messagesPerTransaction = 20

type Ids = ReadonlyMap<number, string>

/** The ids that the log knows, and those of polls, which are in no archive. */
function listLogged(expired: readonly Expired[]): Ids {
  return new Map(
    expired.flatMap(({ seq, message_id, poll_id }) => {
      const id = message_id ?? poll_id
      return id === null ? [] : [[seq, id]]
    }),
  )
}

/** The ids that the archive knows; what is in neither was removed. */
async function findArchived({ archive }: Needed, conversationId: string, seqs: readonly number[]): Promise<Ids> {
  const archived = seqs.length > 0 ? await archive.load([{ conversationId, seqs }]) : []
  return new Map(archived.map(({ seq, messageId }) => [seq, messageId]))
}

/** Deletes some messages of a conversation whose time is up, and tells whether those were all. */
export async function expireSome(needed: Needed, conversationId: string): Promise<{ isDone: boolean }> {
  const { sql, archive, fanOut } = needed
  const rows = messagesPerTransaction
  const seen = await listExpired(sql.background, conversationId, rows)
  const logged = listLogged(seen)
  // Without the archive, what it alone knows waits.
  if (logged.size === 0 && !archive.isAvailable) return { isDone: true }
  // Those of the log go first and alone, so that they wait for no archive.
  const seqs = seen.map(({ seq }) => seq).filter((seq) => logged.size === 0 || logged.has(seq))
  const ids = logged.size > 0 ? logged : await findArchived(needed, conversationId, seqs)
  await sql.background.transaction(async (tx) => {
    let [head] = await lockHeads(tx, [conversationId])
    // Some may have been deleted since.
    for (const { seq, poll_id } of await listExpired(tx, conversationId, rows)) {
      const id = ids.get(seq)
      if (!head || id === undefined) continue
      const common = { head, actorId: null, fanOut }
      if (id === poll_id) head = await appendPollRemoval(tx, { ...common, poll: { poll_id, seq } })
      else {
        const message = { seq, messageId: id }
        const deleted = await appendDeletion(tx, { ...common, message, reason: 'expired' })
        head = { ...head, last_seq: deleted.seq }
      }
    }
    await forgetExpiring(tx, { conversationId, seqs })
  })
  return { isDone: seqs.length === seen.length && seen.length < rows }
}

/** Deletes, within a second or two, messages whose time is up; nobody has been shown them since it was. */
export function expireMessages(needed: Needed): AsyncDisposable {
  const { sql, log } = needed
  const expireAll = async (conversationId: string, signal: AbortSignal) => {
    try {
      while (!signal.aborted && !(await expireSome(needed, conversationId)).isDone);
    } catch (error) {
      tellFailure({ name, log }, error)
    }
  }
  const work = async (signal: AbortSignal) => {
    for (let after: string | undefined = lowestId; after !== undefined && !signal.aborted; ) {
      const ids: string[] = await listExpiring(sql.background, { after, rows: conversationsPerRead })
      for (const id of ids) await expireAll(id, signal)
      after = ids.at(-1)
    }
  }
  return repeat({ name, everyMs, log, work })
}
