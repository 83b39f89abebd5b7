import { type Static, Type } from 'typebox'
import { Confirmation, DeviceName, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { operations } from '../operation.ts'
import { GroupEpoch } from './messages.ts'

/** A device that takes part in encrypted conversations, as its owner sees it. */
export const Device = Type.Object({
  device_id: Uuid,
  name: Type.String(),
  session_id: Nullable(Uuid),
  is_current: Type.Boolean({ description: 'Whether it is the one that asks' }),
  identity_key: Nullable(Type.String({ description: 'null until it has uploaded keys' })),
  created_at: Timestamp,
})
export type Device = Static<typeof Device>

/** Which devices belong into the group of an encrypted conversation. */
export const ConversationDevices = Type.Object({
  group_epoch: GroupEpoch,
  rekey_required: Type.Boolean(),
  departed_ids: Type.Array(Uuid, { description: 'Who left since the last commit: the next one has to remove them' }),
  devices: Type.Array(Type.Object({ user_id: Uuid, device_id: Uuid, identity_key: Type.String() })),
})
export type ConversationDevices = Static<typeof ConversationDevices>

export const devices = operations('chat-service', {
  list: {
    name: 'chat.device.list',
    summary: 'The devices that take part in encrypted conversations of the signed-in person',
    method: 'GET',
    path: '/v1/devices',
    caller: 'user',
    answer: { 200: Type.Object({ devices: Type.Array(Device) }) },
  },
  register: {
    name: 'chat.device.register',
    summary: 'Take part with this sign-in as a device, a new one or one that was there before',
    method: 'POST',
    path: '/v1/devices',
    caller: 'user',
    rate: 'keys',
    body: Strict({ device_id: Type.Optional(Uuid), name: DeviceName }),
    answer: { 200: Device, 201: Device },
    errors: ['LIMIT_REACHED', 'USER_NOT_FOUND'],
    audit: { resource: 'device', action: 'register' },
  },
  listOfConversation: {
    name: 'chat.device.conversation',
    summary:
      'The devices with keys of everybody in a conversation: whom the next commit of its group has to let in or out',
    method: 'GET',
    path: '/v1/conversations/:conversation_id/devices',
    caller: 'user',
    params: Strict({ conversation_id: Uuid }),
    answer: { 200: ConversationDevices },
    errors: ['CONVERSATION_NOT_FOUND', 'CONFLICT'],
    audit: { resource: 'conversation', action: 'read' },
  },
  remove: {
    name: 'chat.device.remove',
    summary: 'Remove a device with its keys and all that waits for it; its sign-in is ended elsewhere',
    method: 'DELETE',
    path: '/v1/devices/:device_id',
    caller: 'user',
    params: Strict({ device_id: Uuid }),
    answer: { 200: Confirmation },
    errors: ['NOT_FOUND'],
    audit: { resource: 'device', action: 'remove' },
  },
})
