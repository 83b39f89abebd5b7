import { type Static, Type } from 'typebox'
import { Call, CallLeftReason, CallRole, CallStanding, MediaSource, WaitingPerson } from '../call.ts'
import { Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { IceServer } from '../operations/ice-servers.ts'
import { RequestId } from '../sockets.ts'
import { Push } from './push.ts'
import { MediaKind, RtpCapabilities } from './rtp.ts'

/** Somebody in the room, as the others see him. */
export const RoomParticipant = Type.Object({
  participant_id: Uuid,
  user_id: Uuid,
  ...CallStanding.properties,
  joined_at: Timestamp,
  is_reconnecting: Type.Boolean({ description: 'His line is gone and he may be back' }),
  sources: Type.Array(
    Type.Object({ source: MediaSource, kind: MediaKind, producer_id: Uuid, is_paused: Type.Boolean() }),
  ),
})
export type RoomParticipant = Static<typeof RoomParticipant>

const Token = Type.String({ minLength: 1, maxLength: limits.tokenCharacters })
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** The reply to who is in the room. */
export const EnteredRoom = Type.Object({
  participant_id: Uuid,
  resume_token: Type.String(),
  recovered: Type.Boolean({
    description:
      'Whether transports and all on them are as they were, and what was missed after `last_seq` came before this; else make new ones',
  }),
  seq: Type.Integer({ description: 'That of the last push so far' }),
  router_rtp_capabilities: RtpCapabilities,
  own: RoomParticipant,
  participants: Type.Array(RoomParticipant, { description: 'Everybody else in the room' }),
  waiting: Type.Array(WaitingPerson, { description: 'In the lobby; told to hosts and co-hosts' }),
  call: Call,
  key_epoch: Nullable(Type.Integer(), {
    description: 'Of an encrypted call: for whom keys have to be made now; another one with each who comes or leaves',
  }),
  ice_servers: Type.Array(IceServer),
  ice_transport_policy: Type.Union([Type.Literal('all'), Type.Literal('relay')]),
  most_bitrates: Type.Record(CallRole, Type.Integer({ minimum: 1 }), {
    description: 'What one may send in all, in bits per second, by one’s role',
  }),
})
export type EnteredRoom = Static<typeof EnteredRoom>

/** The reply to who has to be let in first: `lobby.admitted` tells when to ask again, `lobby.refused` that it is in vain. */
const InLobby = Type.Object({ participant_id: Type.Null(), call: Call })

export const joiningRequests = {
  join: {
    frame: Strict({
      type: Type.Literal('join'),
      id: RequestId,
      call_id: Uuid,
      join_token: Type.Optional(Token),
      resume_token: Type.Optional(Token),
      last_seq: Type.Optional(Count),
      rtp_capabilities: RtpCapabilities,
    }),
    reply: Type.Union([EnteredRoom, InLobby]),
  },
  leave: {
    frame: Strict({ type: Type.Literal('leave'), id: RequestId }),
    reply: Type.Object({}),
  },
} as const

export const ParticipantJoinedFrame = Push('participant.joined', { participant: RoomParticipant })
export const ParticipantUpdatedFrame = Push('participant.updated', {
  participant: RoomParticipant,
})
export const ParticipantLeftFrame = Push('participant.left', {
  participant_id: Uuid,
  reason: Nullable(CallLeftReason, { description: 'Null where the room heard of it late' }),
})
export const ParticipantReconnectingFrame = Push('participant.reconnecting', { participant_id: Uuid })
export const ParticipantReconnectedFrame = Push('participant.reconnected', { participant_id: Uuid })
export const MediaResetFrame = Push('media.reset', {})
/** To everybody in the room and in its lobby, just before their sockets are closed. */
export const RoomMovedFrame = Type.Object({ type: Type.Literal('room.moved'), signaling_url: Type.String() })
export const CallStateFrame = Push('call.state', { call: Call })

/** To hosts and co-hosts, whenever it is another list. */
export const LobbyWaitingFrame = Push('lobby.waiting', { waiting: Type.Array(WaitingPerson) })
/** To whoever waits, on each socket that does. */
export const LobbyAdmittedFrame = Type.Object({ type: Type.Literal('lobby.admitted'), call_id: Uuid })
export const LobbyRefusedFrame = Type.Object({
  type: Type.Literal('lobby.refused'),
  call_id: Uuid,
  reason: Type.Union([
    Type.Literal('denied'),
    Type.Literal('missed', { description: 'Nobody answered in time: to ask again is no fault' }),
    Type.Literal('withdrawn', { description: 'He left the lobby, perhaps on another device' }),
    Type.Literal('banned'),
    Type.Literal('ended', { description: 'The call is over' }),
  ]),
})
