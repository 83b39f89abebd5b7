import { KeyKind } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { DeviceRow } from './devices.ts'

type OfDevice = Pick<DeviceRow, 'user_id' | 'device_id'>

/** A key that somebody else may be given, once. */
export type NewKey = {
  kind: KeyKind
  /** Of the key's bytes, in hexadecimal. */
  digest: string
  key_id: number | null
  body: string
  is_last_resort: boolean
}

/** Adds keys, but for those that are there already or were handed out before. */
export async function addKeys(
  tx: Transaction,
  { user_id, device_id }: OfDevice,
  keys: readonly NewKey[],
): Promise<void> {
  await tx.execute`
    insert into one_time_keys (user_id, device_id, kind, digest, key_id, body, is_last_resort)
    select ${user_id}::uuid, ${device_id}::uuid, kind, decode(digest, 'hex'), key_id, body, is_last_resort
    from jsonb_to_recordset(${json(keys)}::jsonb) as added (kind text, digest text, key_id integer, body text,
      is_last_resort boolean)
    where not exists (
      select 1 from handed_out_keys known where known.user_id = ${user_id} and known.digest = decode(added.digest, 'hex')
    )
    on conflict do nothing`
}

/** Removes what waits to be handed out of a device; what may have gone out already never does again. */
export async function dropKeys(tx: Transaction, { user_id, device_id }: OfDevice): Promise<void> {
  await dropLastResort(tx, { user_id, device_id, butDigest: null })
  await tx.execute`delete from one_time_keys where user_id = ${user_id} and device_id = ${device_id}`
}

/** Removes the last resort of a device, unless it is the one with this digest. */
export async function dropLastResort(
  tx: Transaction,
  { user_id, device_id, butDigest }: OfDevice & { butDigest: string | null },
): Promise<void> {
  await tx.execute`
    with dropped as (
      delete from one_time_keys
      where user_id = ${user_id} and device_id = ${device_id} and is_last_resort
        and (${butDigest}::text is null or digest <> decode(${butDigest}::text, 'hex'))
      returning user_id, digest
    )
    insert into handed_out_keys (user_id, digest) select user_id, digest from dropped on conflict do nothing`
}

const Count = Type.Object({
  user_id: column.id,
  device_id: column.id,
  kind: KeyKind,
  is_last_resort: column.flag,
  keys: column.integer,
})

/** How many keys of these people's devices wait, for each device and kind. */
export function countKeys(sql: Queries, userIds: readonly string[]): Promise<Static<typeof Count>[]> {
  return sql.many(Count)`
    select user_id, device_id, kind, is_last_resort, count(*) as keys from one_time_keys
    where user_id = any(${userIds}::uuid[]) group by user_id, device_id, kind, is_last_resort`
}

const TakenKey = Type.Object({
  user_id: column.id,
  device_id: column.id,
  key_id: column.nullable(column.integer),
  /** Null where the device has none of this kind. */
  body: column.nullable(column.text),
  is_last_resort: column.flag,
  keys_left: column.integer,
})
export type TakenKey = Static<typeof TakenKey>

/**
 * Takes the oldest key of a kind of each of these devices, which nobody will be given again, or looks up its last resort
 * where there is none, or the device is spared. The devices are held by then. All of it is one statement, because others
 * wait for the devices.
 */
export function takeKeys(
  tx: Transaction,
  devices: readonly (OfDevice & { is_spared: boolean })[],
  kind: KeyKind,
): Promise<TakenKey[]> {
  return tx.many(TakenKey)`
    with asked as (
      select * from jsonb_to_recordset(${json(devices)}::jsonb) as asked (user_id uuid, device_id uuid, is_spared boolean)
    ), waiting as (
      select one_time_keys.*, asked.is_spared from asked
      join one_time_keys on one_time_keys.user_id = asked.user_id and one_time_keys.device_id = asked.device_id
      where kind = ${kind}
    ), picked as (
      select distinct on (device_id, user_id) user_id, digest from waiting
      where not is_last_resort and not is_spared order by device_id, user_id, uploaded_at, key_id, digest
    ), taken as (
      delete from one_time_keys using picked
      where one_time_keys.user_id = picked.user_id and one_time_keys.digest = picked.digest
      returning one_time_keys.user_id, one_time_keys.device_id, one_time_keys.digest, one_time_keys.key_id,
        one_time_keys.body
    ), noted as (
      insert into handed_out_keys (user_id, digest) select user_id, digest from taken
    )
    select asked.user_id, asked.device_id, taken.key_id, coalesce(taken.body, last_resort.body) as body,
      taken.body is null as is_last_resort, (
        select count(*) from waiting
        where waiting.user_id = asked.user_id and waiting.device_id = asked.device_id and not is_last_resort
      ) - case when taken.body is null then 0 else 1 end as keys_left
    from asked
    left join taken on taken.user_id = asked.user_id and taken.device_id = asked.device_id
    left join waiting as last_resort on last_resort.user_id = asked.user_id
      and last_resort.device_id = asked.device_id and last_resort.is_last_resort`
}
