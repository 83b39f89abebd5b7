import type { ParticipantQuality } from '@secureconnect/protocol'
import type { Connection } from '@secureconnect/service'
import type { MediaEvents } from '../events/media-events.ts'
import { type Participant, toPassingFrame } from '../media/participant.ts'
import type { Room } from '../media/room.ts'
import { stopExcess } from '../media/stop-excess.ts'
import type { RoomMeasures } from '../reports/room-measures.ts'
import { inBatches } from './in-batches.ts'
import { PeerMeter, type Scores } from './peer-meter.ts'
import { roundScore } from './score.ts'

type Options = {
  room: Pick<Room, 'people' | 'media' | 'setPaused'>
  events: Pick<MediaEvents, 'qualityMeasured'>
  measures: Pick<RoomMeasures, 'note' | 'saveSometimes'>
}

/** So that a frame stays well below what may be sent in one. */
const scoresPerFrame = 300
/** So many are measured at once, that a large room does not ask its worker everything in one moment. */
const peopleAtOnce = 25
const directions = ['up', 'down'] as const
const unknown: Scores = { up: null, down: null }

function isSame(one: Scores | undefined, other: Scores): boolean {
  return one?.up === other.up && one.down === other.down
}

/** Measures how well media go to and from everybody in a room, and tells all of them what has changed. */
export class RoomQuality {
  readonly #options: Options
  readonly #meters = new WeakMap<Participant, PeerMeter>()
  /** What was told last. */
  #told = new Map<string, Scores>()
  readonly #knowing = new WeakSet<Connection>()

  constructor(options: Options) {
    this.#options = options
  }

  /** Measures everybody since the last look, and tells. */
  async look(): Promise<void> {
    const found = await inBatches(this.#options.room.people, peopleAtOnce, async (participant) => {
      const { up, down } = await this.#measure(participant)
      return [participant.id, { up: roundScore(up), down: roundScore(down) }] as const
    })
    this.#tell(new Map(found))
    await this.#options.measures.saveSometimes()
  }

  async #measure(participant: Participant): Promise<Scores> {
    const { room, events, measures } = this.#options
    const { peer } = participant
    if (!peer || peer.isClosed) return unknown
    const meter = this.#meters.get(participant) ?? new PeerMeter()
    this.#meters.set(participant, meter)
    const scores = await meter.measure(peer, room.media)
    for (const direction of directions) {
      const score = scores[direction]
      if (score !== null) events.qualityMeasured(direction, score)
    }
    measures.note(participant, scores)
    await stopExcess(room, participant)
    return scores
  }

  /** Who has come since the last time is told of all. */
  #tell(found: Map<string, Scores>): void {
    const isNews = ([id, scores]: [string, Scores]) => !isSame(this.#told.get(id) ?? unknown, scores)
    const [all, changed] = [toFrames([...found]), toFrames([...found].filter(isNews))]
    this.#told = found
    for (const participant of this.#options.room.people) {
      const { connection } = participant
      if (!connection) continue
      const frames = this.#knowing.has(connection) ? changed : all
      this.#knowing.add(connection)
      for (const frame of frames) participant.deliver(frame)
    }
  }
}

function toFrames(found: readonly [string, Scores][]) {
  const scores = found.map(([participant_id, { up, down }]): ParticipantQuality => ({ participant_id, up, down }))
  const frames = []
  for (let at = 0; at < scores.length; at += scoresPerFrame) {
    frames.push(toPassingFrame({ type: 'quality', scores: scores.slice(at, at + scoresPerFrame) }))
  }
  return frames
}
