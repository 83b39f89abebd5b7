import { repeat } from '@secureconnect/service'
import type { Context } from './context.ts'
import { createSetbacks } from './setbacks.ts'
import type { Changes, Pending } from './stores/archive-state.ts'
import { loadNow } from './stores/logged-messages.ts'

const conversationsPerPass = 200
/** Those that failed before are tried alone, and so few at a time that the others hardly wait for them. */
const setbacksPerPass = 10
/** Transactions that were under way when we last looked are seen for so long. */
const slackMs = 10_000

type Following = Pick<Context, 'sql' | 'log'> & {
  name: string
  /** Conversations that changed since some time, or are told apart, and are behind; those told apart come first. */
  listPending: (changes: Changes) => Promise<Pending[]>
  /** Brings conversations all the way on, and answers those for which that was possible. */
  bringOn: (conversationIds: readonly string[], signal: AbortSignal) => Promise<Set<string>>
  /** Whether an error says nothing of the conversations: then all of them wait. */
  isAway: (error: unknown) => boolean
  everyMs?: number
}

type Outcome = { done: Set<string>; failed: string[] }

/** Brings what happens in conversations somewhere within a second or two, and all that waited once that is possible. */
export function followChanges({
  name,
  sql,
  log,
  listPending,
  bringOn,
  isAway,
  everyMs = 1_000,
}: Following): AsyncDisposable {
  const setbacks = createSetbacks()
  let since = new Date(0)

  async function tryEach(ids: readonly string[], signal: AbortSignal): Promise<Outcome> {
    const outcome: Outcome = { done: new Set(), failed: [] }
    for (const id of ids) {
      try {
        for (const done of await bringOn([id], signal)) outcome.done.add(done)
      } catch (error) {
        if (isAway(error)) throw error
        log.error({ error, conversation_id: id, job: name }, 'a conversation stays behind for now')
        outcome.failed.push(id)
      }
    }
    return outcome
  }

  /** One that cannot be brought on must not keep the others from it. */
  async function tryTogether(ids: readonly string[], signal: AbortSignal): Promise<Outcome> {
    if (ids.length <= 1) return tryEach(ids, signal)
    try {
      return { done: await bringOn(ids, signal), failed: [] }
    } catch (error) {
      if (isAway(error)) throw error
      return tryEach(ids, signal)
    }
  }

  async function pass(signal: AbortSignal): Promise<{ isFull: boolean }> {
    const now = await loadNow(sql.background)
    const apart = setbacks.ids
    const rows = conversationsPerPass + apart.length
    const pending = await listPending({ since: new Date(since.getTime() - slackMs), apart, rows })
    const behind = new Set(pending.map(({ conversation_id }) => conversation_id))
    for (const id of apart) if (!behind.has(id)) setbacks.forget(id)
    const others = pending.filter(({ conversation_id }) => !setbacks.has(conversation_id))
    const together = others.map(({ conversation_id }) => conversation_id)
    for (const outcome of [
      await tryTogether(together, signal),
      await tryEach(setbacks.listDue().slice(0, setbacksPerPass), signal),
    ]) {
      for (const id of outcome.failed) setbacks.add(id)
      for (const id of outcome.done) {
        setbacks.forget(id)
        behind.delete(id)
      }
    }
    const isFull = pending.length === rows
    const left = others.find(({ conversation_id: id }) => behind.has(id) && !setbacks.has(id))
    since = left?.changed_at ?? (isFull ? others.at(-1)?.changed_at : undefined) ?? now
    return { isFull: isFull && left === undefined }
  }

  const work = async (signal: AbortSignal) => {
    while (!signal.aborted && (await pass(signal)).isFull);
  }
  return repeat({ name, everyMs, log, work })
}
