import { describeParticipant } from './describe-participant.ts'
import type { Participant } from './participant.ts'
import type { Room } from './room.ts'

/** Pauses the pictures of somebody who sends far more than he may, whatever he was told; he hears of it too. */
export async function stopExcess(room: Pick<Room, 'setPaused'>, participant: Participant): Promise<void> {
  const { publications = [], limit } = participant.peer ?? {}
  const flowing = publications.filter(({ producer }) => producer.kind === 'video' && !producer.paused)
  if (flowing.length === 0 || !(await limit?.isExceeded())) return
  // What he has closed meanwhile is no picture any more.
  const open = flowing.filter(({ producer }) => !producer.closed)
  await Promise.all(open.map(({ producer }) => room.setPaused(participant, producer.id, true)))
  participant.push({ type: 'participant.updated', participant: describeParticipant(participant) })
}
