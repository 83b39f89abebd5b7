import { type Committed, type GroupCommit, limits } from '@secureconnect/protocol'
import { hashBody, otherBody } from '@secureconnect/service'
import { newId, type Queries, type Transaction } from '@secureconnect/sql'
import { assertMember } from '../assert-member.ts'
import type { Context } from '../context.ts'
import { type Acting, actIn } from '../conversations/act-in.ts'
import { assertNoBlocks, holdPeople, letIn } from '../conversations/admit.ts'
import { letGo } from '../conversations/depart.ts'
import { assertMayManage } from '../conversations/rights.ts'
import { epochConflict, nothingToCommit } from '../errors.ts'
import type { FanOut } from '../fan-out/fan-out.ts'
import { getDeviceOf } from '../keys/device-of.ts'
import { appendEvents, type EventDraft } from '../log/append-events.ts'
import type { OfSession } from '../stores/devices.ts'
import { type CommitRow, findEarlier, insertCommit } from '../stores/group-commits.ts'
import { beginEpoch } from '../stores/group-state.ts'
import { leaveWelcomes } from './leave-welcomes.ts'
import { findMemberChanges, type MemberChanges } from './member-changes.ts'

export function toCommitted({ created_at, ...row }: CommitRow): Committed {
  return { ...row, created_at: created_at.toISOString() }
}

type Committing = { session: OfSession; conversationId: string; commit: GroupCommit }
type Keyed = Committing & { bodyHash: string }

/** The answer that this very commit got before: it may have been lost. */
async function findAnswer(sql: Queries, { session, conversationId, commit, bodyHash }: Keyed) {
  const place = { conversationId, userId: session.userId, clientId: commit.client_id }
  const earlier = await findEarlier(sql, place)
  if (earlier && earlier.body_hash !== bodyHash) throw otherBody()
  return earlier && toCommitted(earlier)
}

function assertCurrent({ head }: Acting, { group_epoch }: GroupCommit): void {
  if (!head.is_e2ee_enabled) throw nothingToCommit()
  if (head.group_epoch !== group_epoch) throw epochConflict()
}

type Changing = { acting: Acting; changes: MemberChanges; fanOut: FanOut }

/** Carries out who comes and who goes; answers the events that tell of those who go and of those who come. */
async function changeMembers(tx: Transaction, { acting, changes, fanOut }: Changing) {
  const { head, own } = acting
  const { leaving, joining } = changes
  if (leaving.length + joining.length > 0) assertMayManage(head, own.role)
  await assertNoBlocks(tx, { callerId: own.user_id, others: joining })
  const left: EventDraft[] = []
  for (const one of leaving)
    left.push(...(await letGo(tx, { head, leaving: one, by: own.user_id, reason: 'removed', fanOut })))
  if (joining.length === 0) return { left, joined: [] }
  const people = joining.map((userId) => ({ userId, role: 'member' }) as const)
  const reduced = { ...head, member_count: head.member_count - leaving.length }
  return { left, joined: await letIn(tx, { head: reduced, people, by: own.user_id, fanOut }) }
}

function toDraft({ commit, group_epoch }: GroupCommit, commitId: string, acting: Acting, changes: MemberChanges) {
  const by = acting.own.user_id
  const data = {
    commit_id: commitId,
    by,
    group_epoch: group_epoch + 1,
    commit: commit.length <= limits.inlineCommitCharacters ? commit : null,
    added_ids: changes.joining,
    removed_ids: changes.leaving.map(({ user_id }) => user_id),
  }
  return { kind: 'group.commit', actor_id: by, data } as const
}

type Applying = Keyed & { acting: Acting; deviceId: string; fanOut: FanOut }

/** Begins the next epoch under the conversation's lock: members, welcomes and the event are one with it. */
async function apply(tx: Transaction, applying: Applying): Promise<Committed> {
  const { session, conversationId, commit, bodyHash, acting, deviceId, fanOut } = applying
  const { head } = acting
  const changes = await findMemberChanges(tx, acting, commit)
  const { left, joined } = await changeMembers(tx, { acting, changes, fanOut })
  const { client_id: clientId, group_info: groupInfo, welcomes = [] } = commit
  const row = await insertCommit(tx, {
    commit_id: newId(),
    conversation_id: conversationId,
    group_epoch: head.group_epoch + 1,
    seq: head.last_seq + left.length + 1,
    sender_id: session.userId,
    clientId,
    bodyHash,
    commit: commit.commit,
    groupInfo,
    welcomes: welcomes.map(({ ciphertext }) => ciphertext),
  })
  const sender = { userId: session.userId, deviceId }
  await leaveWelcomes(tx, { conversationId, commitId: row.commit_id, sender, welcomes, fanOut })
  await beginEpoch(tx, conversationId, row.group_epoch)
  const committed = toDraft(commit, row.commit_id, acting, changes)
  await appendEvents(tx, { head, drafts: [...left, committed, ...joined], fanOut })
  return toCommitted(row)
}

/** Takes a commit, over REST and sockets alike: the first one of an epoch, and the same one again with its first answer. */
export async function commitGroup(
  { sql, fanOut, events }: Pick<Context, 'sql' | 'fanOut' | 'events'>,
  committing: Committing,
): Promise<Committed> {
  const { session, conversationId, commit } = committing
  const { userId } = session
  const place = { conversationId, userId }
  const keyed = { ...committing, bodyHash: hashBody({ ...commit, client_id: undefined }) }
  // A stranger hears that there is no such conversation before anything else, and holds nobody's account.
  await assertMember(sql, place)
  const answered = await findAnswer(sql, keyed)
  if (answered) return answered
  const { device_id: deviceId } = await getDeviceOf(sql, session)
  const others = (commit.add_user_ids ?? []).filter((id) => id !== userId)
  return sql.transaction(async (tx) => {
    if (others.length > 0) await holdPeople(tx, { callerId: userId, others })
    const acting = await actIn(tx, place)
    const repeated = await findAnswer(tx, keyed)
    if (repeated) return repeated
    assertCurrent(acting, commit)
    const committed = await apply(tx, { ...keyed, acting, deviceId, fanOut })
    tx.afterCommit(() => events.groupCommitted({ conversationId, userId, groupEpoch: committed.group_epoch }))
    return committed
  })
}
