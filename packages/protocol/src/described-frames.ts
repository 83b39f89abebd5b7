import { type TSchema, Type } from 'typebox'
import { CallRingingFrame, CallStoppedFrame } from './chat-frames/calls.ts'
import { ConversationAddedFrame, ConversationRemovedFrame } from './chat-frames/conversations.ts'
import { DeviceListChangedFrame, DeviceMessageFrame, KeysLowFrame } from './chat-frames/devices.ts'
import { EventFrame, type EventKind } from './chat-frames/events.ts'
import { NotificationFrame } from './chat-frames/notifications.ts'
import { PresenceFrame, TypingFrame } from './chat-frames/people.ts'
import { ReceiptFrame } from './chat-frames/receipts.ts'
import { type ChatRequestType, type ChatServerFrame, chatRequests } from './chat-frames.ts'
import { limits } from './limits.ts'
import {
  CallStateFrame,
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
import { KeyEpochFrame, SenderKeyFrame } from './signaling-frames/keys.ts'
import { ProducerControlFrame } from './signaling-frames/publishing.ts'
import { ConsumerClosedFrame, ConsumerLayersFrame, ConsumerNewFrame } from './signaling-frames/receiving.ts'
import { RecordingStateFrame } from './signaling-frames/recording.ts'
import { DataFrame, IceServersFrame, QualityFrame, SpeakersFrame } from './signaling-frames/room.ts'
import { type SignalingRequestType, type SignalingServerFrame, signalingRequests } from './signaling-frames.ts'
import {
  AuthFrame,
  AuthRefreshFrame,
  type CommonClientFrame,
  type CommonServerFrame,
  HelloFrame,
  NoticeFrame,
  PingFrame,
  PongFrame,
  ReadyFrame,
  ReplyFrame,
} from './sockets.ts'

/** A frame in the documents; one that takes an `id` is answered by one reply, whose data is `reply`. */
export type DescribedFrame = { type: string; summary: string; schema: TSchema; reply?: TSchema | undefined }

type Described<T extends string> = { readonly [type in T]: Omit<DescribedFrame, 'type'> }

const nothing = Type.Object({})

// What has no words here does not compile.
const fromClients: Described<CommonClientFrame['type']> = {
  auth: {
    schema: AuthFrame,
    reply: nothing,
    summary: 'Says who opens the socket, where neither header nor ticket did',
  },
  'auth.refresh': {
    schema: AuthRefreshFrame,
    reply: nothing,
    summary: 'Shows the next access token before the last one ends',
  },
  pong: { schema: PongFrame, summary: 'Answers a ping' },
}

const toClients: Described<CommonServerFrame['type']> = {
  hello: { schema: HelloFrame, summary: 'The first frame of all' },
  ready: { schema: ReadyFrame, summary: 'The server knows who is there: requests may follow' },
  ping: { schema: PingFrame, summary: 'Every heartbeat; whoever misses two is gone' },
  notice: {
    schema: NoticeFrame,
    summary: 'The server stops soon: it closes the socket after so long, to be opened anew',
  },
  reply: { schema: ReplyFrame, summary: 'The one answer to a request, with the id of it' },
}

const chatSummaries: { readonly [T in ChatRequestType]: string } = {
  subscribe: 'Follow conversations from where one stands; what was missed comes first, all of it or nothing',
  'message.send': 'Send a message; with the same client_id again, the one that was sent',
  'message.edit': 'Change the text of an own message',
  'message.delete': 'Delete a message',
  'reaction.add': 'React to a message with an emoji',
  'reaction.remove': 'Take a reaction back',
  'poll.vote': 'Vote, or vote otherwise',
  delivered: 'Say how much has come',
  'events.get': 'Read a part of the log',
  read: 'Say how far one has read',
  typing: 'Say that one is typing, or no longer',
  'presence.set': 'Say how one wants to be seen',
  'group.commit': 'Begin the next epoch of an encrypted conversation, and change its members with it',
  'device.send': 'Leave encrypted messages with devices, each kept until it says that it has it',
  'device.ack': 'Say up to which message the own device has what was left with it',
  'presence.watch': 'Be told of the presence of these people, and no others',
}

const chatToClients: Described<ChatServerFrame['type']> = {
  event: {
    schema: EventFrame,
    summary: 'Something happened in a conversation; strictly ascending seq, without a hole',
  },
  typing: { schema: TypingFrame, summary: 'Somebody is typing, or no longer' },
  receipt: {
    schema: ReceiptFrame,
    summary: 'How much has come to people and how far they have read; one frame a second at most',
  },
  presence: { schema: PresenceFrame, summary: 'How people are seen now' },
  'conversation.added': { schema: ConversationAddedFrame, summary: 'One is a member from now on' },
  'conversation.removed': { schema: ConversationRemovedFrame, summary: 'One is no member any more' },
  'device.message': { schema: DeviceMessageFrame, summary: 'Another device left this with the device of this sign-in' },
  'device.list_changed': {
    schema: DeviceListChangedFrame,
    summary: 'Somebody with whom one shares an encrypted conversation has other devices, or other keys on one',
  },
  'keys.low': { schema: KeysLowFrame, summary: 'Few one-time keys of an own device are left: upload more' },
  notification: { schema: NotificationFrame, summary: 'One is notified of something; what it says is to be fetched' },
  'call.ringing': {
    schema: CallRingingFrame,
    summary: 'Somebody calls; also told to each new socket while it rings, so that it may come twice',
  },
  'call.stopped': { schema: CallStoppedFrame, summary: 'It rings no more: answered here or elsewhere, or not at all' },
}

const signalingSummaries: { readonly [T in SignalingRequestType]: string } = {
  join: 'Come into the room of a call, or back into it, or into its lobby; one socket is in one call',
  leave: 'Leave the call; the socket stays',
  'transport.create': 'Make a transport for sending or for receiving; it takes the place of the one before',
  'transport.connect': 'Say by which key the own end of a transport is known',
  'transport.restart_ice': 'Go another way through the network; what is on the transport stays',
  produce: 'Publish a microphone, a camera, a screen or its sound',
  'producer.pause': 'Send nothing of it for now',
  'producer.resume': 'Send it again',
  'producer.close': 'Publish it no longer',
  'consumer.ready': 'The streams of these offers can be played: they begin',
  'consumer.pause': 'Get nothing of these for now',
  'consumer.resume': 'Get these again',
  'consumer.show': 'Say how large these are shown: they come no larger, and not at all where nobody can see them',
  'consumer.prefer':
    'Get no more of these than so many layers, or some before others where the line is too thin for all',
  'data.send': `Tell everybody else in the room something small: ${limits.roomDataBytes} bytes at most, a few times a second`,
  'e2ee.key':
    'In an encrypted call: give everybody else in the room the key of what one publishes, encrypted for the group; once for each epoch',
  'hand.raise': 'Ask to be heard, or no longer; as a host or co-host take somebody else’s hand down',
  'moderate.mute': 'As a host or co-host: let nothing of a microphone through any more, or let it through again',
  'moderate.stop_video': 'The same with a camera, or with a shared screen and its sound',
  'moderate.kick': 'Take somebody out of the call, for now or until it ends',
  'moderate.unban': 'Let somebody come again who was banned',
  'moderate.set_role': 'As a host: say what somebody else than who called is in the call',
  'moderate.lobby': 'Have those who come wait until they are let in, or no longer',
  'moderate.admit': 'Let somebody in who waits or was denied, or all who wait',
  'moderate.deny': 'Do not let somebody in who waits, or nobody who does',
  'moderate.lock': 'Let nobody else in, or let them in again',
  'moderate.end': 'End the call for everybody',
  'recording.start': 'Record the call, as a host or co-host: everybody in it is told',
  'recording.stop': 'Record the call no longer',
}

const signalingToClients: Described<SignalingServerFrame['type']> = {
  'participant.joined': { schema: ParticipantJoinedFrame, summary: 'Somebody is in the room' },
  'participant.updated': {
    schema: ParticipantUpdatedFrame,
    summary: 'Somebody publishes something else, or is something else; one hears of oneself what a moderator did',
  },
  'participant.left': { schema: ParticipantLeftFrame, summary: 'Somebody is in the room no longer' },
  'participant.reconnecting': {
    schema: ParticipantReconnectingFrame,
    summary: 'Somebody’s line is gone; he has half a minute to come back',
  },
  'participant.reconnected': { schema: ParticipantReconnectedFrame, summary: 'He is back' },
  'consumer.new': {
    schema: ConsumerNewFrame,
    summary: 'A stream is offered on a transport of one’s own; nothing of it comes before `consumer.ready`',
  },
  'consumer.closed': { schema: ConsumerClosedFrame, summary: 'A stream ended' },
  'consumer.layers': {
    schema: ConsumerLayersFrame,
    summary: 'A stream comes in this quality now; null for not at all',
  },
  'producer.control': { schema: ProducerControlFrame, summary: 'So much of an own stream is looked at' },
  data: { schema: DataFrame, summary: 'Somebody told the room something' },
  speakers: { schema: SpeakersFrame, summary: 'Who speaks, and how loud; at most twice a second' },
  quality: {
    schema: QualityFrame,
    summary:
      'How well media go to and from those with whom that has changed; every few seconds, and first of everybody',
  },
  ice_servers: { schema: IceServersFrame, summary: 'Servers to use from now on' },
  'media.reset': {
    schema: MediaResetFrame,
    summary: 'Transports and all on them are gone, the room is not: make new ones and publish again',
  },
  'room.moved': {
    schema: RoomMovedFrame,
    summary: 'The room goes on at another node: the socket is closed, and one comes back there with `resume_token`',
  },
  'call.state': { schema: CallStateFrame, summary: 'The call began, changed or ended' },
  'recording.state': {
    schema: RecordingStateFrame,
    summary: 'Everybody in the call is recorded from now on, or no longer',
  },
  'e2ee.key': {
    schema: SenderKeyFrame,
    summary: 'Somebody’s key of what he publishes from now on, as he encrypted it',
  },
  'e2ee.epoch': {
    schema: KeyEpochFrame,
    summary:
      'Somebody came or left: make a new key and send it by `e2ee.key`, so that only those who are there have it',
  },
  'lobby.waiting': { schema: LobbyWaitingFrame, summary: 'To hosts and co-hosts: who waits to be let in now' },
  'lobby.admitted': {
    schema: LobbyAdmittedFrame,
    summary: 'To whoever waits: he is let in, by asking for `join` again',
  },
  'lobby.refused': { schema: LobbyRefusedFrame, summary: 'To whoever waits: he waits no longer, and is not let in' },
}

/** What each kind of event says. */
export const eventSummaries: { readonly [K in EventKind]: string } = {
  'message.created': 'A message was sent',
  'message.edited': 'A message has another text',
  'message.deleted': 'A message was deleted or has expired: its text is gone',
  'reaction.added': 'Somebody reacted to a message; `emoji` is null where the message came before one’s time',
  'reaction.removed': 'Somebody took a reaction back',
  'pin.added': 'Somebody pinned a message',
  'pin.removed': 'Somebody took a pin away; that of a message which is deleted goes with it',
  'poll.created': 'A poll began; its words are gone once it is deleted',
  'poll.updated': 'Somebody voted, or the poll is closed or deleted: how it stands now',
  'member.joined': 'Somebody joined',
  'member.left': 'Somebody left or was removed',
  'group.commit': 'The keys of an encrypted conversation, and its members perhaps, changed',
  'call.started': 'Somebody calls; who is in the conversation may join',
  'call.ended': 'A call is over, or nobody answered',
  'conversation.updated': 'The title, the picture, a setting or a role changed',
}

function list(frames: Described<string>): readonly DescribedFrame[] {
  return Object.entries(frames).map(([type, frame]) => ({ type, ...frame }))
}

const chatFromClients = Object.entries(chatRequests).map(([type, { frame, reply }]): DescribedFrame => {
  return { type, schema: frame, reply, summary: chatSummaries[type as ChatRequestType] }
})

const signalingFromClients = Object.entries(signalingRequests).map(([type, { frame, reply }]): DescribedFrame => {
  return { type, schema: frame, reply, summary: signalingSummaries[type as SignalingRequestType] }
})

type Direction = { readonly fromClients: readonly DescribedFrame[]; readonly toClients: readonly DescribedFrame[] }

/** The frames of every socket. */
export const commonFrames: Direction = { fromClients: list(fromClients), toClients: list(toClients) }
/** What each socket knows beyond them. */
export const ownFrames: Readonly<Record<'chat' | 'signaling', Direction>> = {
  chat: { fromClients: chatFromClients, toClients: list(chatToClients) },
  signaling: { fromClients: signalingFromClients, toClients: list(signalingToClients) },
}
