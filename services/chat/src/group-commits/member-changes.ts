import type { GroupCommit } from '@secureconnect/protocol'
import { validationError } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { Acting } from '../conversations/act-in.ts'
import { outranks } from '../conversations/rights.ts'
import { epochConflict, notAllowed, userNotFound } from '../errors.ts'
import { listDeparted } from '../stores/group-state.ts'
import { listMembersAmong, type MemberRow } from '../stores/members.ts'

/** Who comes into a conversation with a commit, and who goes. */
export type MemberChanges = { joining: readonly string[]; leaving: readonly MemberRow[] }

/**
 * Reads who comes and goes by a commit. It has to take out the keys of everybody who left since the last one: a commit
 * that does not know of somebody's leaving comes too late, or he could read on.
 */
export async function findMemberChanges(
  tx: Transaction,
  { head, own }: Acting,
  { add_user_ids: added = [], remove_user_ids: removed = [] }: GroupCommit,
): Promise<MemberChanges> {
  const { conversation_id: conversationId } = head
  if (removed.includes(own.user_id))
    throw validationError([{ field: 'remove_user_ids', message: 'must not name oneself: who leaves needs no commit' }])
  if (added.some((id) => removed.includes(id)))
    throw validationError([{ field: 'add_user_ids', message: 'must name nobody who is removed' }])
  const departed = await listDeparted(tx, conversationId)
  if (departed.some((id) => !removed.includes(id))) throw epochConflict()
  const present = await listMembersAmong(tx, { conversationId, userIds: [...added, ...removed] })
  const isPresent = new Set(present.map(({ user_id }) => user_id))
  if (removed.some((id) => !isPresent.has(id) && !departed.includes(id))) throw userNotFound()
  const leaving = present.filter(({ user_id }) => removed.includes(user_id))
  if (leaving.some(({ role }) => !outranks(own.role, role)))
    throw notAllowed('One of these members has no lower role than you.')
  return { joining: added.filter((id) => !isPresent.has(id)), leaving }
}
