import { SignedPreKey } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const DeviceRow = Type.Object({
  user_id: column.id,
  device_id: column.id,
  session_id: column.nullable(column.id),
  name: column.text,
  identity_key: column.nullable(column.text),
  signed_pre_key: column.nullable(SignedPreKey),
  created_at: column.timestamp,
})

/** A device that takes part in encrypted conversations. */
export type DeviceRow = Static<typeof DeviceRow>

export type OfSession = { userId: string; sessionId: string }

/** Somebody's devices, the oldest first. */
export function listDevices(sql: Queries, userId: string): Promise<DeviceRow[]> {
  return sql.many(DeviceRow)`
    select user_id, device_id, session_id, name, identity_key, signed_pre_key, created_at
    from devices where user_id = ${userId} order by created_at, device_id`
}

/** The device that a sign-in uses. */
export function findDeviceOf(sql: Queries, { userId, sessionId }: OfSession): Promise<DeviceRow | undefined> {
  return sql.maybeOne(DeviceRow)`
    select user_id, device_id, session_id, name, identity_key, signed_pre_key, created_at
    from devices where user_id = ${userId} and session_id = ${sessionId}`
}

/** The device that a sign-in uses, whose keys stay as they are until the transaction ends. */
export function holdDeviceOf(tx: Transaction, { userId, sessionId }: OfSession): Promise<DeviceRow | undefined> {
  return tx.maybeOne(DeviceRow)`
    select user_id, device_id, session_id, name, identity_key, signed_pre_key, created_at
    from devices where user_id = ${userId} and session_id = ${sessionId} for update`
}

type Saved = OfSession & { deviceId: string; name: string }

/** Gives a sign-in its device, which may have had another before, and may have been another's. */
export async function saveDevice(tx: Transaction, { userId, sessionId, deviceId, name }: Saved): Promise<void> {
  await tx.execute`update devices set session_id = null where session_id = ${sessionId}`
  await tx.execute`
    insert into devices (user_id, device_id, session_id, name) values (${userId}, ${deviceId}, ${sessionId}, ${name})
    on conflict (user_id, device_id) do update set session_id = excluded.session_id, name = excluded.name`
}

/** Removes a device with its keys and what waits for it; undefined where there is none. */
export function removeDevice(
  tx: Transaction,
  { userId, deviceId }: { userId: string; deviceId: string },
): Promise<DeviceRow | undefined> {
  return tx.maybeOne(DeviceRow)`
    delete from devices where user_id = ${userId} and device_id = ${deviceId}
    returning user_id, device_id, session_id, name, identity_key, signed_pre_key, created_at`
}

type Identity = Pick<DeviceRow, 'user_id' | 'device_id' | 'signed_pre_key'> & { identity_key: string }

export async function saveIdentity(tx: Transaction, identity: Identity): Promise<void> {
  const { user_id, device_id, identity_key, signed_pre_key } = identity
  await tx.execute`
    update devices set identity_key = ${identity_key},
      signed_pre_key = ${signed_pre_key === null ? null : json(signed_pre_key)}
    where user_id = ${user_id} and device_id = ${device_id}`
}

/** The devices of people that have keys, but for the one that asks; their keys stay until the transaction ends. */
export function holdKeyedDevices(
  tx: Transaction,
  { userIds, exceptSession }: { userIds: readonly string[]; exceptSession: string },
): Promise<DeviceRow[]> {
  return tx.many(DeviceRow)`
    select user_id, device_id, session_id, name, identity_key, signed_pre_key, created_at
    from devices
    where user_id = any(${userIds}::uuid[]) and identity_key is not null
      and session_id is distinct from ${exceptSession}
    order by user_id, device_id for update`
}

const KeyedRow = Type.Object({ user_id: column.id, device_id: column.id, identity_key: column.text })

/** The devices with keys of everybody who is in a conversation. */
export function listDevicesOfMembers(sql: Queries, conversationId: string): Promise<Static<typeof KeyedRow>[]> {
  return sql.many(KeyedRow)`
    select devices.user_id, device_id, identity_key
    from members join devices on devices.user_id = members.user_id
    where conversation_id = ${conversationId} and left_at is null and identity_key is not null
    order by devices.user_id, device_id`
}

const IdRow = Type.Object({ user_id: column.id })

/** Those who share an encrypted conversation with somebody, by id. */
export async function listSharers(
  sql: Queries,
  { userId, after, rows }: { userId: string; after: string | undefined; rows: number },
): Promise<string[]> {
  const found = await sql.many(IdRow)`
    select distinct others.user_id
    from members own
    join conversations on conversations.conversation_id = own.conversation_id and is_e2ee_enabled
    join members others on others.conversation_id = own.conversation_id and others.left_at is null
    where own.user_id = ${userId} and own.left_at is null and others.user_id <> ${userId}
      and (${after ?? null}::uuid is null or others.user_id > ${after ?? null}::uuid)
    order by others.user_id limit ${rows}`
  return found.map(({ user_id }) => user_id)
}

/** Those of some people with whom somebody is in a group, or in a direct conversation that no block ends. */
export async function listMates(sql: Queries, userId: string, others: readonly string[]): Promise<string[]> {
  const found = await sql.many(IdRow)`
    select distinct theirs.user_id
    from members own
    join conversations on conversations.conversation_id = own.conversation_id
    join members theirs on theirs.conversation_id = own.conversation_id and theirs.left_at is null
    where own.user_id = ${userId} and own.left_at is null and theirs.user_id = any(${others}::uuid[])
      and (type = 'group' or not exists (
        select 1 from blocks
        where (blocks.user_id = own.user_id and blocked_id = theirs.user_id)
          or (blocks.user_id = theirs.user_id and blocked_id = own.user_id)
      ))`
  return found.map(({ user_id }) => user_id)
}
