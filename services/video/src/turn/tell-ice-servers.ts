import type { Context } from '../context.ts'

/** Gives those who are in a call fresh credentials before theirs end, and other servers when others serve. */
export function tellIceServers({ iceServers, rooms }: Pick<Context, 'iceServers' | 'rooms'>): AsyncDisposable {
  const tellAll = async () => {
    for (const participant of rooms.seats.listPeople()) {
      participant.push({ type: 'ice_servers', ...(await iceServers.for(participant.userId)) })
    }
  }
  const stop = iceServers.onChange(() => void tellAll())
  return {
    async [Symbol.asyncDispose]() {
      stop()
    },
  }
}
