import type { Logger } from '@secureconnect/logging'
import { tellFailure } from '@secureconnect/service'
import { inBatches } from './in-batches.ts'
import type { RoomQuality } from './room-quality.ts'

/** So many are measured at once. */
const roomsAtOnce = 10

/** Looks how well media go in all rooms; one of which that cannot be written down keeps no other from it. */
export async function lookAtRooms(rooms: readonly { quality: RoomQuality }[], log: Logger): Promise<void> {
  await inBatches(rooms, roomsAtOnce, ({ quality }) =>
    quality.look().catch((error) => tellFailure({ name: 'call quality', log }, error)),
  )
}
