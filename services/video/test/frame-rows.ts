import type { ErrorCode, SignalingRequestType } from '@secureconnect/protocol'

/** What somebody is told: an error, that what he named is not his, or that it is done. */
export type Told = ErrorCode | 'left out' | 'done'

/** What is told to whom, where he may not do it. Who is in no call is told that first, whatever he asks. */
export type FrameRow = {
  /** To who names what belongs to another, in his own call or in one that he is in no part of. */
  foreign?: Told
  /** To who is in the call, moderates nothing, and names nothing of another's but him. */
  participant?: Told
}

const forModerators = { participant: 'FORBIDDEN' } as const
const ofOwner = { foreign: 'NOT_FOUND' } as const
const ofReceiver = { foreign: 'left out' } as const

/** Every frame of the socket of calls: one without a row does not compile. */
export const frameRows: Readonly<Record<SignalingRequestType, FrameRow>> = {
  // Who is in a call leaves that one first.
  join: { foreign: 'CONFLICT', participant: 'CONFLICT' },
  'transport.create': {},
  'transport.connect': ofOwner,
  'transport.restart_ice': ofOwner,
  produce: ofOwner,
  'producer.pause': ofOwner,
  'producer.resume': ofOwner,
  'producer.close': ofOwner,
  'consumer.ready': ofReceiver,
  'consumer.pause': ofReceiver,
  'consumer.resume': ofReceiver,
  'consumer.show': ofReceiver,
  'consumer.prefer': ofReceiver,
  'data.send': {},
  'e2ee.key': { participant: 'CONFLICT' },
  'hand.raise': forModerators,
  'moderate.mute': forModerators,
  'moderate.stop_video': forModerators,
  'moderate.kick': forModerators,
  'moderate.unban': forModerators,
  'moderate.set_role': forModerators,
  'moderate.lobby': forModerators,
  'moderate.admit': forModerators,
  'moderate.deny': forModerators,
  'moderate.lock': forModerators,
  'moderate.end': forModerators,
  'recording.start': forModerators,
  'recording.stop': forModerators,
  leave: {},
}
