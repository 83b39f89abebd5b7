import { type Static, Type } from 'typebox'
import { Call, CallParticipant, CallRole, WaitingPerson } from '../call.ts'
import { Strict, Uuid } from '../fields.ts'
import { operations } from '../operation.ts'

const Subject = Type.Union([Uuid, Type.Literal('all')], {
  description: 'Whom, or all who are below the moderator and in the call now',
})

const Waiting = Type.Union([Uuid, Type.Literal('all')], { description: 'Whom, or all who wait now' })

/** What moderators say, over REST and in frames alike. */
export const moderationFields = {
  mute: {
    user_id: Subject,
    is_muted: Type.Optional(Type.Boolean({ description: 'False lets him speak again, as soon as he unmutes' })),
  },
  stopVideo: {
    user_id: Subject,
    source: Type.Optional(
      Type.Union([Type.Literal('camera'), Type.Literal('screen')], { description: 'Without it both' }),
    ),
    is_stopped: Type.Optional(Type.Boolean({ description: 'False lets him show it again, as soon as he does' })),
  },
  kick: {
    user_id: Uuid,
    ban: Type.Optional(
      Type.Boolean({ description: 'He may not come back into this call, nor come if he is not there' }),
    ),
  },
  lock: {
    is_locked: Type.Optional(Type.Boolean({ description: 'False lets people in again' })),
  },
  unban: { user_id: Uuid },
  setRole: { role: CallRole },
  lobby: {
    has_lobby: Type.Optional(Type.Boolean({ description: 'False lets in whoever waits, and all who come' })),
  },
  admit: { user_id: Waiting },
  deny: { user_id: Waiting },
  raiseHand: {
    is_raised: Type.Optional(Type.Boolean({ description: 'False takes it down' })),
    user_id: Type.Optional(Uuid),
  },
} as const

export const MuteInCall = Strict(moderationFields.mute)
export type MuteInCall = Static<typeof MuteInCall>

export const StopVideoInCall = Strict(moderationFields.stopVideo)
export type StopVideoInCall = Static<typeof StopVideoInCall>

export const KickFromCall = Strict(moderationFields.kick)
export type KickFromCall = Static<typeof KickFromCall>

export const LockCall = Strict(moderationFields.lock)
export type LockCall = Static<typeof LockCall>

export const UnbanFromCall = Strict(moderationFields.unban)
export type UnbanFromCall = Static<typeof UnbanFromCall>

export const SetCallLobby = Strict(moderationFields.lobby)
export type SetCallLobby = Static<typeof SetCallLobby>

export const AdmitToCall = Strict(moderationFields.admit)
export type AdmitToCall = Static<typeof AdmitToCall>

export const DenyCall = Strict(moderationFields.deny)
export type DenyCall = Static<typeof DenyCall>

export const RaiseHand = Strict(moderationFields.raiseHand)
export type RaiseHand = Static<typeof RaiseHand>

const StillWaiting = Type.Object({ waiting: Type.Array(WaitingPerson, { description: 'Who waits still' }) })

const Present = Type.Object({
  participants: Type.Array(CallParticipant, { description: 'Everybody who is in the call, as it is now' }),
})

const moderator = { caller: 'user', params: Strict({ call_id: Uuid }) } as const
const refusals = ['CALL_NOT_FOUND', 'CALL_ENDED', 'FORBIDDEN'] as const

/** What hosts and co-hosts do in a call; the media server sees to it, whatever the others' devices do. */
export const callModeration = operations('video-service', {
  mute: {
    name: 'calls.mute',
    summary: 'Let nothing of somebody’s sound through any more, or let it through again',
    method: 'POST',
    path: '/v1/calls/:call_id/mute',
    body: MuteInCall,
    answer: { 200: Present },
    errors: [...refusals, 'USER_NOT_FOUND'],
    audit: { resource: 'call', action: 'mute' },
    ...moderator,
  },
  stopVideo: {
    name: 'calls.stop-video',
    summary: 'Let nothing of a camera or a shared screen through any more, or let it through again',
    method: 'POST',
    path: '/v1/calls/:call_id/stop-video',
    body: StopVideoInCall,
    answer: { 200: Present },
    errors: [...refusals, 'USER_NOT_FOUND'],
    audit: { resource: 'call', action: 'stop_video' },
    ...moderator,
  },
  kick: {
    name: 'calls.kick',
    summary: 'Take somebody out of a call, for now or until it ends',
    method: 'POST',
    path: '/v1/calls/:call_id/kick',
    body: KickFromCall,
    answer: { 200: Present },
    errors: [...refusals, 'USER_NOT_FOUND'],
    audit: { resource: 'call', action: 'kick' },
    ...moderator,
  },
  unban: {
    name: 'calls.unban',
    summary: 'Let somebody come again who was banned from a call',
    method: 'POST',
    path: '/v1/calls/:call_id/unban',
    body: UnbanFromCall,
    answer: { 200: Present },
    errors: refusals,
    audit: { resource: 'call', action: 'unban' },
    ...moderator,
  },
  lobby: {
    name: 'calls.lobby',
    summary: 'Have those who come wait until they are let in, or no longer',
    method: 'POST',
    path: '/v1/calls/:call_id/lobby',
    body: SetCallLobby,
    answer: { 200: Call },
    errors: refusals,
    audit: { resource: 'call', action: 'lobby' },
    ...moderator,
  },
  admit: {
    name: 'calls.admit',
    summary: 'Let somebody in who waits, or who was denied; or all who wait',
    method: 'POST',
    path: '/v1/calls/:call_id/admit',
    body: AdmitToCall,
    answer: { 200: StillWaiting },
    errors: [...refusals, 'USER_NOT_FOUND', 'CALL_LOCKED'],
    audit: { resource: 'call', action: 'admit' },
    ...moderator,
  },
  deny: {
    name: 'calls.deny',
    summary: 'Do not let somebody in who waits, or nobody who does',
    method: 'POST',
    path: '/v1/calls/:call_id/deny',
    body: DenyCall,
    answer: { 200: StillWaiting },
    errors: [...refusals, 'USER_NOT_FOUND'],
    audit: { resource: 'call', action: 'deny' },
    ...moderator,
  },
  lock: {
    name: 'calls.lock',
    summary:
      'Let nobody else into a call, where it stops ringing, or let them in again; who called can always come back',
    method: 'POST',
    path: '/v1/calls/:call_id/lock',
    body: LockCall,
    answer: { 200: Call },
    errors: [...refusals, 'CONFLICT'],
    audit: { resource: 'call', action: 'lock' },
    ...moderator,
  },
  raiseHand: {
    name: 'calls.raise-hand',
    summary: 'Ask to be heard in a call that one is in, or no longer; a moderator takes others’ hands down',
    method: 'POST',
    path: '/v1/calls/:call_id/hand',
    body: RaiseHand,
    answer: { 200: CallParticipant },
    errors: [...refusals, 'USER_NOT_FOUND'],
    audit: { resource: 'call', action: 'raise_hand' },
    ...moderator,
  },
  setRole: {
    name: 'calls.set-role',
    summary: 'Say what somebody else than who called is in a call, as its host',
    method: 'PATCH',
    path: '/v1/calls/:call_id/participants/:user_id',
    body: Strict(moderationFields.setRole),
    answer: { 200: CallParticipant },
    errors: [...refusals, 'USER_NOT_FOUND'],
    audit: { resource: 'call', action: 'set_role' },
    ...moderator,
    params: Strict({ call_id: Uuid, user_id: Uuid }),
  },
})
