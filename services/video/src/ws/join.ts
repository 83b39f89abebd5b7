import { AppError } from '@secureconnect/errors'
import { calls, type SignalingReply, type SignalingRequest } from '@secureconnect/protocol'
import { type Connection, isRefusal, priorityOf } from '@secureconnect/service'
import type { Caller } from '@secureconnect/tokens'
import type { JoinGrant, ResumeGrant } from '../calls/call-tokens.ts'
import { type Joined, joinCall } from '../calls/join-call.ts'
import { toCallFor } from '../calls/to-call.ts'
import type { Context } from '../context.ts'
import { kickedFromCall } from '../errors.ts'
import { describeParticipant } from '../media/describe-participant.ts'
import { readMostBitrates } from '../media/most-bitrates.ts'
import { findStay } from '../stores/participants.ts'

type Input = { frame: SignalingRequest<'join'>; caller: Caller; connection: Connection }

/** What a token says of where somebody was, if it is his own and of this call. */
function readResumption({ callTokens }: Context, { frame, caller }: Input): ResumeGrant | undefined {
  const grant = frame.resume_token === undefined ? undefined : callTokens.resume.read(frame.resume_token)
  const isOwn = grant?.userId === caller.userId && grant.sessionId === caller.sessionId
  return isOwn && grant.callId === frame.call_id ? grant : undefined
}

/** As whom he came by REST, where his coming was counted. */
function readJoining({ callTokens }: Context, { frame, caller }: Input): JoinGrant | undefined {
  const grant = frame.join_token === undefined ? undefined : callTokens.join.read(frame.join_token)
  const isOwn = grant?.userId === caller.userId && grant.callId === frame.call_id
  return isOwn && grant.expiresAt > Date.now() ? grant : undefined
}

/** Who is not in the call yet, or no longer, does here what he would do over REST, within the same limits. */
async function countJoining({ limiter, rates, load, pool }: Context, { userId }: Caller): Promise<void> {
  load.assertRoom(priorityOf(calls.join))
  const { rate, path } = calls.join
  const limit = { key: `${rate}:user:${userId}`, rate: rates['calls.join'], endpoint: path }
  const { isAllowed, retryAfterMs } = await limiter.take(limit)
  if (!isAllowed) throw new AppError('RATE_LIMITED', 'Too many requests; try again later.', { retryAfterMs })
  pool.assertRoom()
}

/** Comes into the call as over REST; who is refused is written down. */
async function comeIn(context: Context, { frame, caller }: Input): Promise<Joined> {
  const { userId, sessionId } = caller
  try {
    return await joinCall(context, { callId: frame.call_id, userId, sessionId })
  } catch (error) {
    if (error instanceof AppError && isRefusal(error)) context.events.joinRefused({ userId, sessionId, error })
    throw error
  }
}

/** Brings somebody into the room of a call, or back into it; into its lobby, if he has to be let in first. */
export async function join(context: Context, input: Input): Promise<SignalingReply<'join'>> {
  const { caller, connection } = input
  const grant = readResumption(context, input)
  const shown = grant ?? readJoining(context, input)
  const stay = shown && (await findStay(context.sql, shown.participantId))
  // His device may come back by itself; whom a moderator took out comes back, if at all, because he wants to.
  if (stay?.left_reason === 'kicked') throw kickedFromCall()
  const isNew = !stay || stay.left_at !== null
  if (isNew) await countJoining(context, caller)
  // Nobody comes into a call, and answers it, by a socket that may not go with him into its room.
  return context.rooms.seats.bringIn(connection, () => bringIn(context, input, { grant, isNew }))
}

type Coming = { grant: ResumeGrant | undefined; isNew: boolean }

async function bringIn(context: Context, input: Input, { grant, isNew }: Coming): Promise<SignalingReply<'join'>> {
  const { rooms, events, config, callTokens, iceServers } = context
  const { frame, caller, connection } = input
  const { userId, sessionId } = caller
  const { call_id: callId, rtp_capabilities: rtpCapabilities, last_seq: lastSeq } = frame
  const joined = await comeIn(context, input)
  const { participant: own } = joined
  if (isNew) events.callActed({ action: own ? 'join' : 'wait', callId, userId })
  if (!own) {
    await rooms.wait(joined, { connection, userId })
    return { participant_id: null, call: toCallFor(joined, userId) }
  }
  const isSame = grant !== undefined && grant.participantId === own.participant_id && lastSeq !== undefined
  const { room, participant, recovered, state, row } = await rooms.enter({
    callId,
    participantId: own.participant_id,
    sessionId,
    connection,
    rtpCapabilities,
    resume: isSame ? { connection: grant.connection, seq: lastSeq } : undefined,
  })
  const { ice_servers } = await iceServers.for(userId)
  const participantId = participant.id
  return {
    participant_id: participantId,
    resume_token: callTokens.resume.sign({ callId, userId, sessionId, participantId, connection: row.connection }),
    recovered,
    seq: participant.seq,
    router_rtp_capabilities: room.media.describeCapabilities(participant),
    own: describeParticipant(participant),
    participants: room.describeOthers(participant),
    waiting: room.describeWaiting(participant),
    call: toCallFor(state, userId),
    key_epoch: room.encryption.keyEpoch,
    ice_servers,
    ice_transport_policy: config.iceTransportPolicy,
    most_bitrates: readMostBitrates(config),
  }
}
