import type { EventFrame, Position, Subscribed } from '@secureconnect/protocol'

/** The last event one has in each conversation; null for one that is followed from now on. */
export type Positions = Readonly<Record<string, Position | null>>

type Subscription = {
  /** Null until the server says where it begins. */
  position: Position | null
  isAsked: boolean
  /** Whether it was asked for again because events were missing. */
  isMending: boolean
}

type Outlets = {
  deliver: (event: EventFrame) => void
  /** Events were missed that cannot be replayed; those after `position` follow. */
  reset: (conversationId: string, position: Position) => void
  /** Asks the server for what follows the positions. */
  askAgain: (positions: Positions) => void
}

export type Subscriptions = {
  /** Takes conversations in, to be asked for by the caller. */
  add(positions: Positions): void
  /** One to be asked for because the server named it: from now on, unless it is followed already. */
  addNamed(id: string): Positions
  /** All of them, to be asked for over a new connection. */
  askAll(): Positions
  list(): Positions
  remove(id: string): boolean
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

function isWhole(position: Position, { log_epoch, last_seq }: Subscribed): boolean {
  return position.log_epoch === log_epoch && position.seq >= last_seq
}

/** Holds where we stand in each conversation, and hands on each event once, in order, without a hole. */
export function createSubscriptions({ deliver, reset, askAgain }: Outlets): Subscriptions {
  const subscriptions = new Map<string, Subscription>()
  const ask = (id: string, position: Position | null) =>
    subscriptions.set(id, { position, isAsked: true, isMending: false })
  const list = () => Object.fromEntries([...subscriptions].map(([id, { position }]) => [id, position]))

  function mend(id: string, subscription: Subscription): void {
    Object.assign(subscription, { isAsked: true, isMending: true })
    askAgain({ [id]: subscription.position })
  }

  return {
    list,
    add(positions) {
      for (const [id, position] of Object.entries(positions)) ask(id, position)
    },
    addNamed(id) {
      const position = subscriptions.get(id)?.position ?? null
      ask(id, position)
      return { [id]: position }
    },
    askAll() {
      for (const [id, { position }] of subscriptions) ask(id, position)
      return list()
    },
    remove: (id) => subscriptions.delete(id),

    receive(event) {
      const { conversation_id: id, log_epoch, seq } = event
      const subscription = subscriptions.get(id)
      if (!subscription) return
      const place = judge(event, subscription.position)
      if (place === 'next') {
        subscription.position = { log_epoch, seq }
        deliver(event)
      }
      // Before the reply the server may still be about to send what is missing here.
      if (place === 'beyond' && !subscription.isAsked) mend(id, subscription)
    },

    accept(id, subscribed) {
      const subscription = subscriptions.get(id)
      if (!subscription) return
      subscription.isAsked = false
      const { position, isMending } = subscription
      const end = { log_epoch: subscribed.log_epoch, seq: subscribed.last_seq }
      if (position === null) {
        subscription.position = end
      } else if (isWhole(position, subscribed)) {
        subscription.isMending = false
      } else if (subscribed.recovered && !isMending) {
        mend(id, subscription)
      } else {
        Object.assign(subscription, { position: end, isMending: false })
        reset(id, end)
      }
    },
  }
}
