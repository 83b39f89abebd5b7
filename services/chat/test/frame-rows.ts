import type { ChatRequestType, ErrorCode } from '@secureconnect/protocol'
import type { Values } from '@secureconnect/test/helpers'
import type { Scene } from './scene.ts'
import { sealed } from './sealed-groups.ts'

/** What somebody is told: an error, that what he named is not there for him, or that it is done. */
export type Told = ErrorCode | 'left out' | 'done'

export type FrameRow = {
  /** What of the frame cannot be made up, because it has to be somebody's or something's. */
  body?: (scene: Scene) => Values
  /** What is told to whom is in none of the conversations that it names, or no longer. */
  outsider: Told
  /** To a member of no higher role, where it is not done for him. */
  member?: Told
  /** To a member whose sign-in is no device, where that is another answer. */
  deviceless?: Told
  /** To the other one of two of whom one has blocked the other, where it is not done for him. */
  blocked?: Told
}

function removeOwner({ owner, sealedId }: Scene): Values {
  return { conversation_id: sealedId, group_epoch: 0, remove_user_ids: [owner.userId] }
}

export function writeToOwner({ owner: { userId: user_id, sessionId: device_id } }: Scene) {
  return { to: [{ user_id, device_id, ciphertext: sealed('words') }] }
}

/** Every frame of the chat socket, and what is told to whom: one without a row does not compile. */
export const frameRows: Readonly<Record<ChatRequestType, FrameRow>> = {
  subscribe: { body: ({ groupId }) => ({ positions: { [groupId]: null } }), outsider: 'left out' },
  'events.get': { body: () => ({ after_seq: 0 }), outsider: 'CONVERSATION_NOT_FOUND' },
  'message.send': { outsider: 'CONVERSATION_NOT_FOUND', blocked: 'BLOCKED' },
  'message.edit': { outsider: 'MESSAGE_NOT_FOUND', member: 'FORBIDDEN', blocked: 'FORBIDDEN' },
  'message.delete': { outsider: 'MESSAGE_NOT_FOUND', member: 'FORBIDDEN', blocked: 'FORBIDDEN' },
  read: { body: () => ({ seq: 1 }), outsider: 'CONVERSATION_NOT_FOUND' },
  delivered: { body: () => ({ seq: 1 }), outsider: 'CONVERSATION_NOT_FOUND' },
  typing: { outsider: 'CONVERSATION_NOT_FOUND' },
  'reaction.add': { outsider: 'MESSAGE_NOT_FOUND', blocked: 'BLOCKED' },
  'reaction.remove': { outsider: 'MESSAGE_NOT_FOUND' },
  'poll.vote': { outsider: 'NOT_FOUND', blocked: 'BLOCKED' },
  // How one wants to be seen oneself, and how others do, which all may ask.
  'presence.set': { body: () => ({ status: 'online' }), outsider: 'done' },
  'presence.watch': { body: ({ owner }) => ({ user_ids: [owner.userId] }), outsider: 'done' },
  'device.send': { body: writeToOwner, outsider: 'left out', deviceless: 'NOT_FOUND', blocked: 'left out' },
  // Each device has its own queue, and a frame names none.
  'device.ack': { body: () => ({ up_to: 1 }), outsider: 'done' },
  // Who is blocked is in no encrypted conversation of the scene.
  'group.commit': {
    body: removeOwner,
    outsider: 'CONVERSATION_NOT_FOUND',
    member: 'FORBIDDEN',
    deviceless: 'NOT_FOUND',
    blocked: 'CONVERSATION_NOT_FOUND',
  },
}
