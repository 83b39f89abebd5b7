import type { Call, ParticipantQuality, RoomParticipant, WaitingPerson } from '@secureconnect/protocol'
import type { EnteredRoom, SignalingServerFrame } from './frames.ts'

/** Who and what is in a call, as the server has told so far. */
export class Room {
  readonly #participants = new Map<string, RoomParticipant>()
  readonly #quality = new Map<string, ParticipantQuality>()
  #own: RoomParticipant | undefined
  #details: Call | undefined
  #waiting: readonly WaitingPerson[] = []

  get own(): RoomParticipant | undefined {
    return this.#own
  }

  /** Everybody else. */
  get participants(): readonly RoomParticipant[] {
    return [...this.#participants.values()]
  }

  find(participantId: string): RoomParticipant | undefined {
    return this.#participants.get(participantId)
  }

  get details(): Call | undefined {
    return this.#details
  }

  get waiting(): readonly WaitingPerson[] {
    return this.#waiting
  }

  qualityOf(participantId: string): ParticipantQuality | undefined {
    return this.#quality.get(participantId)
  }

  /** Begins anew with what is told to whoever comes in, or comes back. */
  enter({ own, participants, waiting, call }: EnteredRoom): void {
    this.#own = own
    this.#waiting = waiting
    this.#details = call
    this.#participants.clear()
    this.#quality.clear()
    for (const participant of participants) this.#participants.set(participant.participant_id, participant)
  }

  take(frame: SignalingServerFrame): void {
    switch (frame.type) {
      case 'participant.joined':
      case 'participant.updated':
        return this.#put(frame.participant)
      case 'participant.reconnecting':
      case 'participant.reconnected':
        return this.#noteLine(frame.participant_id, frame.type === 'participant.reconnecting')
      case 'participant.left':
        this.#participants.delete(frame.participant_id)
        this.#quality.delete(frame.participant_id)
        return
      case 'quality':
        for (const score of frame.scores) this.#quality.set(score.participant_id, score)
        return
      case 'lobby.waiting':
        this.#waiting = frame.waiting
        return
      case 'recording.state':
        this.#details = this.#details && { ...this.#details, recording: frame.recording }
        return
      case 'call.state':
        this.#details = frame.call
        return
      default:
        return
    }
  }

  #put(participant: RoomParticipant): void {
    if (participant.participant_id === this.#own?.participant_id) this.#own = participant
    else this.#participants.set(participant.participant_id, participant)
  }

  #noteLine(participantId: string, is_reconnecting: boolean): void {
    const participant = this.#participants.get(participantId)
    if (participant) this.#participants.set(participantId, { ...participant, is_reconnecting })
  }
}
