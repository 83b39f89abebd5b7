import { type Kv, nudge } from '@secureconnect/kv'
import { UserFrame } from '@secureconnect/protocol'
import { json, newId, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** Has the sockets of a person look into the queues of their devices; it is told to none of them. */
const QueueNudge = Type.Object({ type: Type.Literal('device.queue') })

/** What a process is told about a person's sockets. */
export const PersonFrame = Type.Union([...UserFrame.anyOf, QueueNudge])
export type PersonFrame = Static<typeof PersonFrame>

/** Where the frames of somebody are told to the processes that have sockets of his. */
export const userChannel = (userId: string) => `user:${userId}`

/**
 * Writes frames for all sockets of people with the transaction that causes them, and tells them once it is committed.
 * Nobody depends on being told: the frames stay for a minute, and chat-service sweeps them.
 */
export async function addUserFrames(
  tx: Transaction,
  frames: readonly { userId: string; frame: PersonFrame }[],
  kv: Pick<Kv, 'publish'>,
): Promise<void> {
  if (frames.length === 0) return
  const rows = frames.map(({ userId, frame }) => ({ frame_id: newId(), user_id: userId, frame }))
  await tx.execute`
    insert into user_frames (frame_id, user_id, frame)
    select frame_id, user_id, frame
    from jsonb_to_recordset(${json(rows)}::jsonb) as added (frame_id uuid, user_id uuid, frame jsonb)`
  tx.afterCommit(() => {
    for (const row of rows) nudge(kv, userChannel(row.user_id), JSON.stringify(row))
  })
}
