import type { Subscription } from '@secureconnect/kv'
import { type CallState, callChannel, parseCallState } from '../calls/call-state.ts'
import type { Changing } from '../calls/change-call.ts'
import { noteRoomReady } from '../calls/note-presence.ts'
import type { Context } from '../context.ts'
import { callNotFound, roomElsewhere } from '../errors.ts'
import { RoomQuality } from '../quality/room-quality.ts'
import { RoomMeasures } from '../reports/room-measures.ts'
import { type Holder, leaveRooms, takeRoom } from '../stores/rooms.ts'
import { readMostBitrates } from './most-bitrates.ts'
import { Room } from './room.ts'

export type Opening = Changing & Pick<Context, 'log' | 'config' | 'pool' | 'iceServers' | 'desk'>

/** A room that this process has, with what goes on as long as it does. */
export type Opened = {
  room: Room
  quality: RoomQuality
  measures: RoomMeasures
  subscription: Subscription
  emptySince: number | undefined
}

type Terms = { holder: Holder; hear: (room: Room, state: CallState) => void }

/** Takes the room of a call, where nobody else has it, with all who were in it before; `hear` is told how the call goes on. */
export async function openRoom(context: Opening, callId: string, { holder, hear }: Terms): Promise<Opened> {
  const { sql, kv, events, pool, desk, config } = context
  if (!(await takeRoom(sql, callId, holder))) throw roomElsewhere()
  const room = new Room({ callId, pool, events, desk, mostBitrates: readMostBitrates(config) })
  await using opening = new AsyncDisposableStack()
  opening.defer(() => room.close())
  const listening = await kv.subscribe(callChannel(callId), (message) => {
    const state = parseCallState(message)
    if (state) hear(room, state)
  })
  const subscription = opening.use(listening)
  const state = await noteRoomReady(context, callId)
  if (!state) throw callNotFound()
  // Who was connected before is expected back by the others too.
  room.expect(state.participants.filter(({ connection }) => connection > 0))
  room.apply(state)
  const measures = new RoomMeasures({ room, context })
  const quality = new RoomQuality({ room, measures, events })
  opening.move()
  return { room, quality, measures, subscription, emptySince: undefined }
}

/** Ends what goes on as long as a room, and gives its lease back; what fails of that ends by itself. */
export async function giveBackRoom(
  { sql, log }: Opening,
  { room, measures, subscription }: Opened,
  holder: Holder,
): Promise<void> {
  const { callId } = room
  try {
    await Promise.all([measures.finish(), room.recorder.close()])
    await subscription.close()
    await leaveRooms(sql, [callId], holder)
  } catch (error) {
    log.warn({ error, call_id: callId }, 'the lease of a room ends by itself')
  }
}
