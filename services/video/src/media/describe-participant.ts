import type { RoomParticipant } from '@secureconnect/protocol'
import type { Participant } from './participant.ts'

/** Somebody in a room as the others see him. */
export function describeParticipant({
  id,
  userId,
  joinedAt,
  standing,
  connection,
  peer,
}: Participant): RoomParticipant {
  const sources = (peer?.publications ?? []).map(({ source, producer: { id: producer_id, kind, paused } }) => {
    return { source, kind, producer_id, is_paused: paused }
  })
  return {
    participant_id: id,
    user_id: userId,
    ...standing,
    joined_at: joinedAt.toISOString(),
    is_reconnecting: connection === undefined,
    sources,
  }
}
