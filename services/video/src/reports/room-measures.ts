import { newId } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import type { Participant } from '../media/participant.ts'
import type { Room } from '../media/room.ts'
import type { Scores } from '../quality/peer-meter.ts'
import type { Measures } from '../stores/measures.ts'
import { type Rating, rate, unrated } from './rating.ts'
import { type Reporting, saveMeasures } from './report-call.ts'

/** So many looks at the room are lost at most where its process is killed; a room costs a write each time. */
const looksBetweenSaves = 12

type Needed = Reporting & Pick<Context, 'iceServers' | 'log'>
type Options = { room: Room; context: Needed }
type Ratings = { up: Rating; down: Rating }

/** What is to be known afterwards of everybody who was in a room here. */
export class RoomMeasures {
  /** Of this room as it is here now: the call may have had others. */
  readonly roomId = newId()
  readonly #options: Options
  readonly #known = new Map<Participant, Ratings>()
  #looks = 0
  /** What is written takes the place of what was: one write waits for the one before. */
  #turn: Promise<void> = Promise.resolve()
  #isFinished = false

  constructor(options: Options) {
    this.#options = options
  }

  follow(participant: Participant): void {
    if (!this.#known.has(participant)) this.#known.set(participant, { up: unrated, down: unrated })
  }

  note(participant: Participant, { up, down }: Scores): void {
    const ratings = this.#known.get(participant)
    if (ratings) this.#known.set(participant, { up: rate(ratings.up, up), down: rate(ratings.down, down) })
  }

  /** Writes down who has left at once, and everybody every now and then. */
  async saveSometimes(): Promise<void> {
    if (this.#isFinished) return
    this.#looks += 1
    const people = [...this.#known.keys()]
    const left = people.filter((participant) => this.#hasLeft(participant))
    if (this.#looks % looksBetweenSaves === 0) await this.#saveInTurn(people)
    else if (left.length > 0) await this.#saveInTurn(left)
  }

  /** Writes down all that there is, as the room is here no more; where its call is over, that is reported. */
  async finish(): Promise<void> {
    const { room, context } = this.#options
    this.#isFinished = true
    try {
      await this.#saveInTurn([...this.#known.keys()], { isLast: true })
    } catch (error) {
      context.log.warn({ error, call_id: room.callId }, 'what a call was like is not fully known')
    }
  }

  #hasLeft(participant: Participant): boolean {
    return !this.#options.room.has(participant)
  }

  #saveInTurn(people: readonly Participant[], { isLast = false } = {}): Promise<void> {
    const saving = this.#turn.then(() => this.#save(people, isLast))
    this.#turn = saving.catch(() => undefined)
    return saving
  }

  async #save(people: readonly Participant[], isLast: boolean): Promise<void> {
    const { room, context } = this.#options
    const left = people.filter((participant) => this.#hasLeft(participant))
    const measures = await Promise.all(people.map((participant) => this.#describe(participant)))
    await saveMeasures(context, { callId: room.callId, roomId: this.roomId, measures, isLast })
    for (const participant of left) this.#known.delete(participant)
  }

  async #describe(participant: Participant): Promise<Measures> {
    const { up, down } = this.#known.get(participant) ?? { up: unrated, down: unrated }
    const { traffic, id } = participant
    const isOver = this.#hasLeft(participant)
    await traffic.update()
    return {
      participant_id: id,
      sent_bytes: traffic.bytes.sent,
      received_bytes: traffic.bytes.received,
      up_sum: up.sum,
      up_count: up.count,
      up_worst: up.worst,
      down_sum: down.sum,
      down_count: down.count,
      down_worst: down.worst,
      over_udp: traffic.protocols.has('udp'),
      over_tcp: traffic.protocols.has('tcp'),
      over_relay: [...traffic.addresses].some((address) => this.#options.context.iceServers.isRelay(address)),
      is_whole: isOver && traffic.isWhole,
    }
  }
}
