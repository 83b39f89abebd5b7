import type { PushToken } from '@secureconnect/protocol'
import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const TokenRow = Type.Object({
  token_id: column.id,
  user_id: column.id,
  session_id: column.id,
  type: Type.Unsafe<PushToken['type']>(column.text),
  platform: Type.Unsafe<PushToken['platform']>(column.text),
  device_id: column.nullable(column.text),
  registered_at: column.timestamp,
})

/** A device that pushes go to; its token is read where a push goes out, and nowhere else. */
export type TokenRow = Static<typeof TokenRow>

export type NewToken = Omit<TokenRow, 'token_id' | 'registered_at'> & { token: string }

/** Registers a device for whoever is signed in there now. Whoever was before gets nothing there, nor what waits for him. */
export function saveToken(tx: Transaction, added: NewToken): Promise<TokenRow> {
  const { token, user_id, session_id, type, platform, device_id } = added
  return tx.one(TokenRow)`
    insert into push_tokens (token_id, user_id, session_id, token, type, platform, device_id)
    values (${newId()}, ${user_id}, ${session_id}, ${token}, ${type}, ${platform}, ${device_id})
    on conflict (token) do update set user_id = excluded.user_id, token_id = case
        when push_tokens.user_id = excluded.user_id then push_tokens.token_id else excluded.token_id end,
      session_id = excluded.session_id, type = excluded.type, platform = excluded.platform,
      device_id = excluded.device_id, registered_at = excluded.registered_at
    returning token_id, user_id, session_id, type, platform, device_id, registered_at`
}

/** Keeps the newest so many of somebody's devices. */
export async function dropExcessTokens(tx: Transaction, userId: string, kept: number): Promise<void> {
  await tx.execute`
    delete from push_tokens where token_id in (
      select token_id from push_tokens where user_id = ${userId} order by registered_at desc, token_id desc offset ${kept})`
}

/** The devices that pushes to somebody go to, newest first. */
export function listTokens(sql: Queries, userIds: readonly string[]): Promise<TokenRow[]> {
  return sql.many(TokenRow)`
    select token_id, user_id, session_id, type, platform, device_id, registered_at from live_push_tokens
    where user_id = any(${userIds}::uuid[]) order by registered_at desc, token_id desc`
}

export async function removeToken(sql: Queries, { userId, token }: { userId: string; token: string }): Promise<void> {
  await sql.execute`delete from push_tokens where user_id = ${userId} and token = ${token}`
}

export async function removeTokens(sql: Queries, userId: string): Promise<void> {
  await sql.execute`delete from push_tokens where user_id = ${userId}`
}

/** Removes a device that wants no more pushes, unless it was registered anew meanwhile. */
export async function removeDeadToken(sql: Queries, tokenId: string): Promise<void> {
  await sql.execute`delete from push_tokens where token_id = ${tokenId}`
}

export async function removeTokensOfSession(sql: Queries, sessionId: string): Promise<void> {
  await sql.execute`delete from push_tokens where session_id = ${sessionId}`
}
