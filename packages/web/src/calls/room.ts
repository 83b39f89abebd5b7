import type { CallEvents, OngoingCall, RemoteTrack, RoomParticipant } from '@secureconnect/sdk/calls'

type Scores = NonNullable<ReturnType<OngoingCall['qualityOf']>>

/** What is so in the room of a call at one moment. */
export type Room = {
  own: RoomParticipant | undefined
  others: readonly RoomParticipant[]
  details: OngoingCall['details']
  waiting: OngoingCall['waiting']
  tracks: readonly RemoteTrack[]
  /** How well media go to and from those of whom that is known. */
  quality: ReadonlyMap<string, Scores>
}

/** After any of these the room is another. */
export const roomChanges = [
  'track',
  'track.ended',
  'participant.joined',
  'participant.updated',
  'participant.left',
  'participant.reconnecting',
  'participant.reconnected',
  'lobby.waiting',
  'recording.state',
  'call.state',
  'quality',
  'returned',
] as const satisfies readonly (keyof CallEvents)[]

export function readRoom(call: OngoingCall): Room {
  const { own, participants: others, details, waiting, tracks } = call
  const scores = [...others, ...(own ? [own] : [])].flatMap(({ participant_id: id }) => {
    const score = call.qualityOf(id)
    return score ? [[id, score] as const] : []
  })
  return { own, others, details, waiting, tracks, quality: new Map(scores) }
}
