import { limits } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { OfSession } from './devices.ts'

const CommitRow = Type.Object({
  commit_id: column.id,
  conversation_id: column.id,
  group_epoch: column.integer,
  seq: column.integer,
  sender_id: column.id,
  created_at: column.timestamp,
})

/** Where a commit has its place. */
export type CommitRow = Static<typeof CommitRow>

const Earlier = Type.Object({ ...CommitRow.properties, body_hash: column.text })

/** The commit that somebody made under an id of his before. */
export function findEarlier(
  sql: Queries,
  { conversationId, userId, clientId }: { conversationId: string; userId: string; clientId: string },
): Promise<Static<typeof Earlier> | undefined> {
  return sql.maybeOne(Earlier)`
    select commit_id, conversation_id, group_epoch, seq, sender_id, created_at, encode(body_hash, 'hex') as body_hash
    from group_commits
    where conversation_id = ${conversationId} and sender_id = ${userId} and client_id = ${clientId}`
}

export type NewCommit = Omit<CommitRow, 'created_at'> & {
  clientId: string
  bodyHash: string
  commit: string
  groupInfo: string
  welcomes: readonly string[]
}

/** Keeps a commit with its welcomes; of those before it the newest stay, without what only the last one is asked for. */
export async function insertCommit(tx: Transaction, added: NewCommit): Promise<CommitRow> {
  const { commit_id, conversation_id, group_epoch, seq, sender_id } = added
  const { clientId, bodyHash, commit, groupInfo, welcomes } = added
  await tx.execute`
    update group_commits set group_info = null
    where conversation_id = ${conversation_id} and group_info is not null`
  await tx.execute`
    delete from group_commits
    where conversation_id = ${conversation_id} and group_epoch <= ${group_epoch - limits.commitsPerConversation}`
  const row = await tx.one(CommitRow)`
    insert into group_commits (commit_id, conversation_id, group_epoch, seq, sender_id, client_id, body_hash,
      commit_message, group_info)
    values (${commit_id}, ${conversation_id}, ${group_epoch}, ${seq}, ${sender_id}, ${clientId},
      decode(${bodyHash}, 'hex'), ${commit}, ${groupInfo})
    returning commit_id, conversation_id, group_epoch, seq, sender_id, created_at`
  if (welcomes.length > 0)
    await tx.execute`
      insert into group_welcomes (commit_id, welcome, ciphertext)
      select ${commit_id}, place - 1, ciphertext
      from jsonb_array_elements_text(${json(welcomes)}::jsonb) with ordinality as added (ciphertext, place)`
  return row
}

const Listed = Type.Object({ ...CommitRow.properties, commit: column.nullable(column.text) })
type After = { conversationId: string; afterEpoch: number; fromSeq: number; rows: number }

/** Commits after an epoch, in order; what is long is left out. */
export function listCommits(sql: Queries, after: After): Promise<Static<typeof Listed>[]> {
  const { conversationId, afterEpoch, fromSeq, rows } = after
  return sql.many(Listed)`
    select commit_id, conversation_id, group_epoch, seq, sender_id, created_at,
      case when length(commit_message) <= ${limits.inlineCommitCharacters} then commit_message end as commit
    from group_commits
    where conversation_id = ${conversationId} and group_epoch > ${afterEpoch} and seq >= ${fromSeq}
    order by group_epoch limit ${rows}`
}

const Whole = Type.Object({
  ...CommitRow.properties,
  commit: column.text,
  group_info: column.nullable(column.text),
  welcome: column.nullable(column.text),
})

type Asked = { conversationId: string; commitId: string; fromSeq: number; session: OfSession }

/** A commit with the welcome that waits in it for the device of a sign-in. */
export function findCommit(sql: Queries, asked: Asked): Promise<Static<typeof Whole> | undefined> {
  const { conversationId, commitId, fromSeq, session } = asked
  return sql.maybeOne(Whole)`
    select commit_id, conversation_id, group_epoch, seq, sender_id, created_at, commit_message as commit, group_info, (
      select group_welcomes.ciphertext from devices
      join device_messages on device_messages.user_id = devices.user_id
        and device_messages.device_id = devices.device_id
      join group_welcomes on group_welcomes.commit_id = device_messages.commit_id
        and group_welcomes.welcome = device_messages.welcome
      where devices.user_id = ${session.userId} and devices.session_id = ${session.sessionId}
        and device_messages.commit_id = group_commits.commit_id
      limit 1
    ) as welcome
    from group_commits
    where conversation_id = ${conversationId} and commit_id = ${commitId} and seq >= ${fromSeq}`
}
