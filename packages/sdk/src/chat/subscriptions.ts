import type { EventFrame, Position, Subscribed } from '@secureconnect/protocol'

/** The last event one has in each conversation; null for one that is followed from now on. */
export type Positions = Readonly<Record<string, Position | null>>

type Outlets = {
  deliver: (event: EventFrame) => void
  /** Events were missed that are not replayed; those after `position` follow. */
  reset: (conversationId: string, position: Position) => void
  /** An event came before the one it follows: the connection cannot be trusted. */
  broken: () => void
}

export type Subscriptions = {
  /** Takes conversations in, to be asked for by the caller. */
  add(positions: Positions): void
  list(): Positions
  has(id: string): boolean
  remove(id: string): boolean
  clear(): void
  /** An event as it came from the server. */
  receive(event: EventFrame): void
  /** The reply to having asked for a conversation. */
  accept(id: string, subscribed: Subscribed): void
}

function judge({ log_epoch, seq }: EventFrame, position: Position | null): 'next' | 'repeat' | 'beyond' {
  if (position === null) return 'next'
  if (log_epoch !== position.log_epoch || seq > position.seq + 1) return 'beyond'
  return seq === position.seq + 1 ? 'next' : 'repeat'
}

/** Holds where we stand in each conversation, and hands on each event once, in order, without a hole. */
export function createSubscriptions({ deliver, reset, broken }: Outlets): Subscriptions {
  /** Null until the server says where it begins. */
  const positions = new Map<string, Position | null>()

  return {
    add(added) {
      for (const [id, position] of Object.entries(added)) positions.set(id, position)
    },
    list: () => Object.fromEntries(positions),
    has: (id) => positions.has(id),
    remove: (id) => positions.delete(id),
    clear: () => positions.clear(),

    receive(event) {
      const { conversation_id: id, log_epoch, seq } = event
      const position = positions.get(id)
      if (position === undefined) return
      const place = judge(event, position)
      if (place === 'beyond') broken()
      if (place !== 'next') return
      positions.set(id, { log_epoch, seq })
      deliver(event)
    },

    accept(id, { log_epoch, last_seq }) {
      const position = positions.get(id)
      if (position === undefined) return
      const end = { log_epoch, seq: last_seq }
      const isWhole = position?.log_epoch === log_epoch && position.seq >= last_seq
      if (!isWhole) positions.set(id, end)
      if (!isWhole && position !== null) reset(id, end)
    },
  }
}
