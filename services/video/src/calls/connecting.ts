import { type JoinedCall, lifetimes, type WaitingForCall } from '@secureconnect/protocol'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import { chooseNode } from '../nodes/choose-node.ts'
import type { CallPlace } from '../stores/calls.ts'
import { findRoomNode } from '../stores/rooms.ts'
import type { Joined } from './join-call.ts'
import { toCallFor, toParticipant } from './to-call.ts'

type Placing = Pick<Context, 'sql' | 'config' | 'rooms' | 'pool'>
type Needed = Placing & Pick<Context, 'callTokens' | 'iceServers'>

/** Where the people of a node's rooms connect. */
export function toSignalingUrl({ publicUrl }: Pick<Config, 'publicUrl'>, node: string): string {
  return `${publicUrl.replace(/^http/, 'ws')}/v1/ws/signaling?node=${node}`
}

/** Where the people of a call connect, or would now, where it is nowhere yet. */
export async function describeSignaling(context: Placing, callId: string) {
  const node = (await findRoomNode(context.sql, callId)) ?? (await chooseNode(context))
  return { signaling_url: toSignalingUrl(context.config, node) }
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
