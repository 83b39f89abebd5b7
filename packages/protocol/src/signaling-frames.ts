import { type Static, Type } from 'typebox'
import {
  CallStateFrame,
  joiningRequests,
  LobbyAdmittedFrame,
  LobbyRefusedFrame,
  LobbyWaitingFrame,
  MediaResetFrame,
  ParticipantJoinedFrame,
  ParticipantLeftFrame,
  ParticipantReconnectedFrame,
  ParticipantReconnectingFrame,
  ParticipantUpdatedFrame,
  RoomMovedFrame,
} from './signaling-frames/joining.ts'
import { KeyEpochFrame, keyRequests, SenderKeyFrame } from './signaling-frames/keys.ts'
import { moderationRequests } from './signaling-frames/moderation.ts'
import { ProducerControlFrame, publishingRequests } from './signaling-frames/publishing.ts'
import {
  ConsumerClosedFrame,
  ConsumerLayersFrame,
  ConsumerNewFrame,
  receivingRequests,
} from './signaling-frames/receiving.ts'
import { RecordingStateFrame, recordingRequests } from './signaling-frames/recording.ts'
import { DataFrame, IceServersFrame, QualityFrame, roomRequests, SpeakersFrame } from './signaling-frames/room.ts'
import { transportRequests } from './signaling-frames/transports.ts'

/** What a client may ask on the socket of calls, and what the reply holds. */
export const signalingRequests = {
  ...joiningRequests,
  ...transportRequests,
  ...publishingRequests,
  ...receivingRequests,
  ...roomRequests,
  ...keyRequests,
  ...moderationRequests,
  ...recordingRequests,
} as const
export type SignalingRequestType = keyof typeof signalingRequests
export type SignalingRequest<T extends SignalingRequestType = SignalingRequestType> = Static<
  (typeof signalingRequests)[T]['frame']
>
/** The data of a request's reply. */
export type SignalingReply<T extends SignalingRequestType> = Static<(typeof signalingRequests)[T]['reply']>

/** What a participant is told in order, and again where his line was gone. */
export const SignalingPush = Type.Union([
  ParticipantJoinedFrame,
  ParticipantUpdatedFrame,
  ParticipantLeftFrame,
  ParticipantReconnectingFrame,
  ParticipantReconnectedFrame,
  ConsumerNewFrame,
  ConsumerClosedFrame,
  ConsumerLayersFrame,
  ProducerControlFrame,
  DataFrame,
  MediaResetFrame,
  IceServersFrame,
  CallStateFrame,
  LobbyWaitingFrame,
  RecordingStateFrame,
  SenderKeyFrame,
  KeyEpochFrame,
])
export type SignalingPush = Static<typeof SignalingPush>

/** What the server may send on the socket of calls beside the common frames. */
export const SignalingServerFrame = Type.Union([
  ...SignalingPush.anyOf,
  RoomMovedFrame,
  LobbyAdmittedFrame,
  LobbyRefusedFrame,
  SpeakersFrame,
  QualityFrame,
])
export type SignalingServerFrame = Static<typeof SignalingServerFrame>
