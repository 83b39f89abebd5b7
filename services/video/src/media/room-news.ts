import { describeParticipant } from './describe-participant.ts'
import type { Participant, Push } from './participant.ts'

/** What the people of a room hear of each other. */
export class RoomNews {
  readonly #people: ReadonlyMap<string, Participant>

  constructor(people: ReadonlyMap<string, Participant>) {
    this.#people = people
  }

  tellOthers(from: Participant, push: Push): void {
    for (const other of this.#people.values()) if (other !== from) other.push(push)
  }

  /** Somebody is there: for the first time, or again. */
  tellEntered(participant: Participant, { wasAway, recovered }: { wasAway: boolean; recovered: boolean }): void {
    if (!participant.isKnown) {
      participant.isKnown = true
      const described = describeParticipant(participant)
      return this.tellOthers(participant, { type: 'participant.joined', participant: described })
    }
    if (wasAway) this.tellOthers(participant, { type: 'participant.reconnected', participant_id: participant.id })
    if (!recovered) this.tellUpdated(participant)
  }

  /** Somebody publishes something else now, or may do something else. */
  tellUpdated(participant: Participant): void {
    if (this.#people.get(participant.id) !== participant) return
    this.tellOthers(participant, { type: 'participant.updated', participant: describeParticipant(participant) })
  }
}
