import { type JoinedCall, lifetimes, type WaitingForCall } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import type { CallPlace } from '../stores/calls.ts'
import { findRoomNode } from '../stores/rooms.ts'
import type { Joined } from './join-call.ts'
import { toCallFor, toParticipant } from './to-call.ts'

type Needed = Pick<Context, 'sql' | 'config' | 'callTokens' | 'iceServers'>

async function describeSignaling({ sql, config }: Needed, callId: string) {
  const node = (await findRoomNode(sql, callId)) ?? config.videoNode
  return { signaling_url: `${config.publicUrl.replace(/^http/, 'ws')}/v1/ws/signaling?node=${node}` }
}

/** How somebody reaches the media of a call. */
export async function describeConnection(context: Needed, { callId, userId }: CallPlace) {
  const { ice_servers } = await context.iceServers.for(userId)
  return { ice_servers, ...(await describeSignaling(context, callId)) }
}

/** What somebody who came into a call needs to connect to it; in its lobby he only hears whether he is let in. */
export async function toJoinedCall(
  context: Needed,
  { joined, userId, reply }: { joined: Joined; userId: string; reply: { code(status: number): unknown } },
): Promise<JoinedCall | WaitingForCall> {
  const { call_id: callId } = joined.call
  const { participant } = joined
  if (!participant) {
    reply.code(202)
    return { call: toCallFor(joined, userId), participant: null, ...(await describeSignaling(context, callId)) }
  }
  const { participant_id: participantId } = participant
  const expiresAt = Date.now() + lifetimes.joinTokenMs
  return {
    call: toCallFor(joined, userId),
    participant: toParticipant(participant),
    ...(await describeConnection(context, { callId, userId })),
    join_token: context.callTokens.join.sign({ callId, userId, participantId, expiresAt }),
  }
}
