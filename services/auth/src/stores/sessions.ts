import { createHash, randomBytes } from 'node:crypto'
import { lifetimes, limits } from '@secureconnect/protocol'
import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { PresentedToken, RefreshTokens } from '../sessions/refresh-token.ts'

const SessionRow = Type.Object({
  session_id: column.id,
  user_id: column.id,
  status: Type.Union([Type.Literal('live'), Type.Literal('ended')]),
  salt: column.bytes,
  generation: column.integer,
  rotated_at: column.timestamp,
  rotation_key: column.nullable(column.bytes),
  idle_expires_at: column.timestamp,
  absolute_expires_at: column.timestamp,
})
export type SessionRow = Static<typeof SessionRow>

const SessionId = Type.Object({ session_id: column.id })

type NewSession = { userId: string; deviceName: string | undefined; network: string; now: Date }

export function insertSession(tx: Transaction, { userId, deviceName, network, now }: NewSession): Promise<SessionRow> {
  const idleExpiresAt = new Date(now.getTime() + lifetimes.sessionIdleMs)
  const absoluteExpiresAt = new Date(now.getTime() + lifetimes.sessionAbsoluteMs)
  return tx.one(SessionRow)`
    insert into sessions (session_id, user_id, device_name, network, salt, generation, status,
      created_at, last_used_at, rotated_at, idle_expires_at, absolute_expires_at)
    values (${newId()}, ${userId}, ${deviceName ?? null}, ${network}, ${randomBytes(16)}, 1, 'live',
      ${now}, ${now}, ${now}, ${idleExpiresAt}, ${absoluteExpiresAt})
    returning *`
}

/** Ends the sessions beyond the newest ten, so that a person's list stays one he can read; returns their ids. */
export async function endSurplusSessions(tx: Transaction, userId: string): Promise<string[]> {
  const rows = await tx.many(SessionId)`
    update sessions set status = 'ended', ended_at = now(), ended_reason = 'surplus'
    where session_id in (
      select session_id from sessions where user_id = ${userId} and status = 'live'
      order by last_used_at desc, session_id desc offset ${limits.liveSessionsPerUser})
    returning session_id`
  return rows.map((row) => row.session_id)
}

type Ending = { userId: string; only: string | undefined; except: string | undefined; reason: string }

/** Ends the live sessions of a person, or only one, or all but one; returns the ids of those that ended. */
export async function endLiveSessions(tx: Transaction, { userId, only, except, reason }: Ending): Promise<string[]> {
  const rows = await tx.many(SessionId)`
    update sessions set status = 'ended', ended_at = now(), ended_reason = ${reason}
    where user_id = ${userId} and status = 'live'
      and session_id = coalesce(${only ?? null}::uuid, session_id)
      and session_id is distinct from ${except ?? null}::uuid
    returning session_id`
  return rows.map((row) => row.session_id)
}

/** Ends all live sessions, and with them the access tokens that are out; answers how many there were. */
export async function endAllSessions(sql: Queries, reason: string): Promise<number> {
  return sql.execute`
    with ended as (
      update sessions set status = 'ended', ended_at = now(), ended_reason = ${reason} where status = 'live'
      returning session_id
    )
    insert into revocations (session_id) select session_id from ended
    on conflict (session_id) do update set created_at = clock_timestamp()`
}

const ListedSession = Type.Object({
  session_id: column.id,
  device_name: column.nullable(column.text),
  network: column.text,
  created_at: column.timestamp,
  last_used_at: column.timestamp,
})
export type ListedSession = Static<typeof ListedSession>

/** Where a person is signed in, newest first; sessions that were left alone too long are none any more. */
export function listLiveSessions(sql: Queries, userId: string): Promise<ListedSession[]> {
  return sql.many(ListedSession)`
    select session_id, device_name, network, created_at, last_used_at from sessions
    where user_id = ${userId} and status = 'live' and idle_expires_at > now() and absolute_expires_at > now()
    order by created_at desc, session_id desc`
}

const droppedAtOnce = 1_000

/** Drops sessions that are past their end, in whichever way they ended, some at a time. */
export async function dropPastSessions(sql: Queries): Promise<void> {
  await sql.execute`
    delete from sessions where session_id in (
      select session_id from sessions where absolute_expires_at < now() limit ${droppedAtOnce})`
}

/** A refresh token that counts: the next one is due, or the answer that got lost is given again. */
export type GrantedRotation = { kind: 'rotated' | 'repeated'; session: SessionRow }
/** A refresh token that does not count, and why. */
export type RefusedRotation =
  | { kind: 'unknown' }
  | { kind: 'ended' | 'expired' | 'forged' | 'reused'; session: SessionRow }
export type Rotation = GrantedRotation | RefusedRotation

export function isGranted(rotation: Rotation): rotation is GrantedRotation {
  return rotation.kind === 'rotated' || rotation.kind === 'repeated'
}

/** A refresh token that is to be exchanged, with the key under which its holder repeats that, if he gave it one. */
export type Exchange = { presented: PresentedToken; repeatKey?: string | undefined }

const hashKey = (key: string) => createHash('sha256').update(key).digest()

function isSameExchange({ rotation_key: kept }: SessionRow, { repeatKey }: Exchange): boolean {
  return kept !== null && repeatKey !== undefined && hashKey(repeatKey).equals(kept)
}

/**
 * Exchanges a refresh token under a lock on its session. The newest one gives the next. The one before may come again,
 * because an answer can get lost on its way, and gives the same child as the first time: for ten seconds, or with the
 * key of the first time, which nobody knows who only copied the token. Anything else was copied by somebody.
 */
export async function rotateSession(
  tx: Transaction,
  { exchange, tokens, now }: { exchange: Exchange; tokens: RefreshTokens; now: Date },
): Promise<Rotation> {
  const { presented } = exchange
  const session = await tx.maybeOne(SessionRow)`
    select * from sessions where session_id = ${presented.sessionId} for update`
  if (!session) return { kind: 'unknown' }
  if (session.status !== 'live') return { kind: 'ended', session }
  if (!tokens.isGenuine(presented, session.salt) || presented.generation > session.generation)
    return { kind: 'forged', session }
  if (now >= session.idle_expires_at || now >= session.absolute_expires_at) return { kind: 'expired', session }
  if (presented.generation === session.generation)
    return { kind: 'rotated', session: await nextGeneration(tx, session, { exchange, now }) }
  const isParent = presented.generation === session.generation - 1
  const isRecent = now.getTime() - session.rotated_at.getTime() <= lifetimes.refreshReplayMs
  const isRepeat = isParent && (isRecent || isSameExchange(session, exchange))
  return { kind: isRepeat ? 'repeated' : 'reused', session }
}

type Rotating = { exchange: Exchange; now: Date }

function nextGeneration(tx: Transaction, session: SessionRow, { exchange, now }: Rotating): Promise<SessionRow> {
  const { repeatKey } = exchange
  const rotationKey = repeatKey === undefined ? null : hashKey(repeatKey)
  const idleExpiresAt = new Date(now.getTime() + lifetimes.sessionIdleMs)
  return tx.one(SessionRow)`
    update sessions set generation = generation + 1, rotated_at = ${now}, last_used_at = ${now}, idle_expires_at = ${idleExpiresAt},
      rotation_key = ${rotationKey}
    where session_id = ${session.session_id}
    returning *`
}
