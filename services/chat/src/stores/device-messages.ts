import { lifetimes, limits } from '@secureconnect/protocol'
import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { OfSession } from './devices.ts'

const { waiting, perRead } = limits.deviceMessages

const Recipient = Type.Object({
  user_id: column.id,
  device_id: column.id,
  /** How much of this sender waits there already. */
  of_sender: column.integer,
})

export type DevicePlace = { user_id: string; device_id: string }

/** Those of some devices that there are, which stay until the transaction ends. */
export function holdRecipients(
  tx: Transaction,
  places: readonly DevicePlace[],
  senderId: string,
): Promise<Static<typeof Recipient>[]> {
  return tx.many(Recipient)`
    select user_id, device_id, (
      select count(*) from device_messages waiting
      where waiting.user_id = devices.user_id and waiting.device_id = devices.device_id and sender_id = ${senderId}
    ) as of_sender
    from devices
    where (user_id, device_id) in (
      select user_id, device_id from jsonb_to_recordset(${json(places)}::jsonb) as asked (user_id uuid, device_id uuid)
    )
    order by user_id, device_id for update`
}

/** A message for a device: what it says, or which welcome of which commit it is. */
export type NewDeviceMessage = DevicePlace & { ciphertext?: string; commit_id?: string; welcome?: number }
type Sender = { userId: string; deviceId: string }

/** Puts one message into the queue of each of these devices, which are held; beyond its bound the oldest one goes. */
export async function addDeviceMessages(
  tx: Transaction,
  sender: Sender,
  messages: readonly NewDeviceMessage[],
): Promise<void> {
  await tx.execute`
    with added as (
      select * from jsonb_to_recordset(${json(messages)}::jsonb) as added (user_id uuid, device_id uuid,
        ciphertext text, commit_id uuid, welcome integer)
    ), moved as (
      update devices set last_position = last_position + 1 from added
      where devices.user_id = added.user_id and devices.device_id = added.device_id
      returning devices.user_id, devices.device_id, last_position, ciphertext, commit_id, welcome
    ), dropped as (
      delete from device_messages using moved
      where device_messages.user_id = moved.user_id and device_messages.device_id = moved.device_id
        and position <= last_position - ${waiting}
    )
    insert into device_messages (user_id, device_id, position, sender_id, sender_device_id, ciphertext, commit_id, welcome)
    select user_id, device_id, last_position, ${sender.userId}::uuid, ${sender.deviceId}::uuid, ciphertext, commit_id,
      welcome
    from moved`
}

const DeviceMessage = Type.Object({
  place: column.integer,
  device_id: column.id,
  position: column.integer,
  sender_id: column.id,
  sender_device_id: column.id,
  ciphertext: column.nullable(column.text),
  conversation_id: column.nullable(column.id),
  commit_id: column.nullable(column.id),
  created_at: column.timestamp,
})
export type DeviceMessage = Static<typeof DeviceMessage>

/** A sign-in, and what of its device's queue it was given already. */
export type QueuePlace = OfSession & { deviceId: string | null; after: number }

/** What waits for the devices of sign-ins, in order, some of it at a time; in the order of the places. */
export async function listWaiting(sql: Queries, places: readonly QueuePlace[]): Promise<DeviceMessage[][]> {
  const asked = places.map((each, place) => ({ ...each, place }))
  const found = await sql.many(DeviceMessage)`
    select place, devices.device_id, position, waiting.sender_id, sender_device_id, conversation_id, waiting.commit_id,
      case when length(coalesce(waiting.ciphertext, group_welcomes.ciphertext)) <= ${limits.encryptedCharacters}
        then coalesce(waiting.ciphertext, group_welcomes.ciphertext) end as ciphertext,
      waiting.created_at
    from jsonb_to_recordset(${json(asked)}::jsonb) as asked (place integer, "userId" uuid, "sessionId" uuid,
      "deviceId" uuid, after bigint)
    join devices on devices.user_id = asked."userId" and devices.session_id = asked."sessionId"
    join lateral (
      select * from device_messages
      where device_messages.user_id = devices.user_id and device_messages.device_id = devices.device_id
        and position > case when devices.device_id = asked."deviceId" then asked.after else 0 end
      order by position limit ${perRead}
    ) as waiting on true
    left join group_commits on group_commits.commit_id = waiting.commit_id
    left join group_welcomes
      on group_welcomes.commit_id = waiting.commit_id and group_welcomes.welcome = waiting.welcome
    order by place, position`
  const byPlace = Map.groupBy(found, ({ place }) => place)
  return places.map((_, place) => byPlace.get(place) ?? [])
}

/** Removes what a sign-in's device has received. */
export async function removeReceived(sql: Queries, { userId, sessionId }: OfSession, upTo: number): Promise<void> {
  await sql.execute`
    delete from device_messages using devices
    where devices.user_id = ${userId} and devices.session_id = ${sessionId}
      and device_messages.user_id = devices.user_id and device_messages.device_id = devices.device_id
      and position <= ${upTo}`
}

/** Removes what waited too long for a device, some at a time; answers how many. */
export function dropOldDeviceMessages(sql: Queries, rows: number): Promise<number> {
  return sql.execute`
    delete from device_messages where (user_id, device_id, position) in (
      select user_id, device_id, position from device_messages
      where created_at < now() - ${lifetimes.deviceMessageMs}::bigint * interval '1 millisecond'
      order by created_at limit ${rows})`
}
