import type { Line } from '../calls/attendance.ts'
import type { CallState } from '../calls/call-state.ts'
import type { Participant } from './participant.ts'

/** The lines to a room of which its call says something else than what is so. */
export function listMisnoted({ participants }: CallState, people: ReadonlyMap<string, Participant>): Line[] {
  return participants.flatMap(({ participant_id: participantId, connection, resume_until }) => {
    const participant = people.get(participantId)
    const isHere = participant?.connection !== undefined && participant.connectionNumber === connection
    const isGone = !participant || participant.lostNumber === connection
    const isMisnoted = resume_until === null ? isGone : isHere
    return isMisnoted ? { participantId, connection, isHere } : []
  })
}
