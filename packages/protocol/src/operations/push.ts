import { type Static, Type } from 'typebox'
import { Confirmation, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'

const RegistrationToken = Type.String({
  minLength: limits.pushTokenCharacters.min,
  maxLength: limits.pushTokenCharacters.max,
  pattern: '^[A-Za-z0-9_.:%-]+$',
  description: "Firebase's registration token of an app on a device",
})
const TokenType = Type.Union([Type.Literal('fcm'), Type.Literal('apns'), Type.Literal('web')])
const Platform = Type.Union([Type.Literal('android'), Type.Literal('ios'), Type.Literal('web')])

/** A device that pushes go to. The token itself is never told again. */
export const PushToken = Type.Object({
  token_id: Uuid,
  type: TokenType,
  platform: Platform,
  device_id: Nullable(Type.String()),
  is_current: Type.Boolean({ description: 'Whether it was registered by the session that asks' }),
  registered_at: Timestamp,
})
export type PushToken = Static<typeof PushToken>

/** What a browser registers by at Firebase, named as Firebase's own clients do. */
export const FirebaseWebApp = Type.Object({
  project_id: Type.String(),
  api_key: Type.String(),
  app_id: Type.String(),
  sender_id: Type.String(),
  vapid_key: Type.String(),
})
export type FirebaseWebApp = Static<typeof FirebaseWebApp>

export const RegisterToken = Strict({
  token: RegistrationToken,
  type: TokenType,
  platform: Type.Optional(Platform),
  device_id: Type.Optional(
    Type.String({ minLength: 1, maxLength: limits.deviceIdCharacters, pattern: '^[A-Za-z0-9_.:-]+$' }),
  ),
})

export const push = operations('chat-service', {
  register: {
    name: 'chat.push.register',
    summary: 'Have pushes sent to this device until its session ends; a token that another account had is its no more',
    method: 'POST',
    path: '/v1/push/tokens',
    caller: 'user',
    body: RegisterToken,
    answer: { 201: PushToken },
  },
  list: {
    name: 'chat.push.list',
    summary: 'The devices that pushes go to',
    method: 'GET',
    path: '/v1/push/tokens',
    caller: 'user',
    answer: { 200: Type.Object({ tokens: Type.Array(PushToken) }) },
  },
  remove: {
    name: 'chat.push.remove',
    summary: 'Have no more pushes sent to a device; without such a token nothing is to be done',
    method: 'DELETE',
    path: '/v1/push/tokens',
    caller: 'user',
    body: Strict({ token: RegistrationToken }),
    answer: { 200: Confirmation },
  },
  removeAll: {
    name: 'chat.push.remove-all',
    summary: 'Have no more pushes sent to any device',
    method: 'DELETE',
    path: '/v1/push/tokens/all',
    caller: 'user',
    answer: { 200: Confirmation },
  },
  count: {
    name: 'chat.push.count',
    summary: 'How many devices pushes go to',
    method: 'GET',
    path: '/v1/push/tokens/count',
    caller: 'user',
    answer: { 200: Type.Object({ active_tokens_count: Type.Integer() }) },
  },
  webApp: {
    name: 'chat.push.web-app',
    summary:
      'What a browser registers by to be pushed to while no page is open; null where this server does not do that',
    method: 'GET',
    path: '/v1/push/web-app',
    caller: 'user',
    answer: { 200: Type.Object({ firebase: Nullable(FirebaseWebApp) }) },
  },
  test: {
    name: 'chat.push.test',
    summary: 'Have a push sent to all own devices, to see that it arrives',
    method: 'POST',
    path: '/v1/push/test',
    caller: 'user',
    rate: 'account-change',
    answer: { 202: Type.Object({ tokens: Type.Integer() }) },
  },
})
