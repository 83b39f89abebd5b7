import type { GroupCommit } from '@secureconnect/protocol'
import { validationError } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import { deviceNotFound, userNotFound } from '../errors.ts'
import type { FanOut } from '../fan-out/fan-out.ts'
import { queueNudge } from '../keys/send-to-devices.ts'
import { addDeviceMessages, holdRecipients } from '../stores/device-messages.ts'
import { listMembersAmong } from '../stores/members.ts'

type Welcoming = {
  conversationId: string
  commitId: string
  sender: { userId: string; deviceId: string }
  welcomes: NonNullable<GroupCommit['welcomes']>
  fanOut: Pick<FanOut, 'addUserFrames'>
}

/** Leaves the welcomes of a commit with the devices that come in, all of which are members' by now. */
export async function leaveWelcomes(tx: Transaction, welcoming: Welcoming): Promise<void> {
  const { conversationId, commitId, sender, welcomes, fanOut } = welcoming
  const messages = welcomes.flatMap(({ to }, welcome) =>
    to.map((place) => ({ ...place, commit_id: commitId, welcome })),
  )
  if (messages.length === 0) return
  if (new Set(messages.map(({ user_id, device_id }) => `${user_id} ${device_id}`)).size < messages.length)
    throw validationError([{ field: 'welcomes', message: 'must name each device once' }])
  const userIds = [...new Set(messages.map(({ user_id }) => user_id))]
  if ((await listMembersAmong(tx, { conversationId, userIds })).length < userIds.length) throw userNotFound()
  if ((await holdRecipients(tx, messages, sender.userId)).length < messages.length) throw deviceNotFound()
  await addDeviceMessages(tx, sender, messages)
  await fanOut.addUserFrames(
    tx,
    userIds.map((userId) => ({ userId, frame: queueNudge })),
  )
}
