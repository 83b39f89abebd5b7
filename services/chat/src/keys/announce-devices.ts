import type { Kv } from '@secureconnect/kv'
import { enqueue, type OutboxRow, type Topic, Undeliverable } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { FanOut } from '../fan-out/fan-out.ts'
import { listSharers } from '../stores/devices.ts'

/** Where it waits to be told that somebody's devices are others. */
export const deviceListTopic = 'device-list'

const peoplePerStep = 500

const Payload = Compile(Type.Object({ user_id: Type.String(), after: Type.Optional(Type.String()) }))

export type Wake = Pick<Kv, 'publish'>

/** Has everybody told who shares an encrypted conversation with somebody that his devices, or their keys, are others. */
export async function announceDevices(tx: Transaction, userId: string, kv: Wake): Promise<void> {
  await enqueue(tx, { topic: deviceListTopic, key: userId, payload: { user_id: userId } }, kv)
}

type Needed = { fanOut: Pick<FanOut, 'addUserFrames'>; kv: Wake }

async function tellSome(tx: Transaction, { topic, key, payload }: OutboxRow, { fanOut, kv }: Needed): Promise<void> {
  if (!Payload.Check(payload)) throw new Undeliverable('the row names nobody')
  const { user_id, after } = payload
  const people = await listSharers(tx, { userId: user_id, after, rows: peoplePerStep })
  const told = after === undefined ? [user_id, ...people] : people
  const frame = { type: 'device.list_changed', user_id } as const
  await fanOut.addUserFrames(
    tx,
    told.map((userId) => ({ userId, frame })),
  )
  const last = people.at(-1)
  if (people.length === peoplePerStep && last !== undefined)
    await enqueue(tx, { topic, key, payload: { user_id, after: last } }, kv)
}

/** Tells of changed devices, some people at a time. */
export function createDeviceNews(needed: Needed): Topic {
  return { apply: (tx, row) => tellSome(tx, row, needed) }
}
