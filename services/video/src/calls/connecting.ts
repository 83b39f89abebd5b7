import { type JoinedCall, lifetimes } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import type { CallPlace } from '../stores/calls.ts'
import { findRoomNode } from '../stores/rooms.ts'
import type { Joined } from './join-call.ts'
import { toCallFor, toParticipant } from './to-call.ts'

type Needed = Pick<Context, 'sql' | 'config' | 'callTokens' | 'iceServers'>

/** How somebody reaches the media of a call. */
export async function describeConnection({ sql, config, iceServers }: Needed, { callId, userId }: CallPlace) {
  const node = (await findRoomNode(sql, callId)) ?? config.videoNode
  const signaling_url = `${config.publicUrl.replace(/^http/, 'ws')}/v1/ws/signaling?node=${node}`
  const { ice_servers } = await iceServers.for(userId)
  return { ice_servers, signaling_url }
}

/** What somebody who came into a call needs to connect to it. */
export async function toJoinedCall(context: Needed, joined: Joined): Promise<JoinedCall> {
  const { call_id: callId } = joined.call
  const { user_id: userId, participant_id: participantId } = joined.participant
  const expiresAt = Date.now() + lifetimes.joinTokenMs
  return {
    call: toCallFor(joined, userId),
    participant: toParticipant(joined.participant),
    ...(await describeConnection(context, { callId, userId })),
    join_token: context.callTokens.join.sign({ callId, userId, participantId, expiresAt }),
  }
}
