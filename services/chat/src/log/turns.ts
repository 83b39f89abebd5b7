import { changesWaiting } from '../errors.ts'

/** Does work on one thing after what is done to it already; work on other things does not wait for it. */
export type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T>

const waitingPerKey = 1_000

/**
 * Creates turns. Who changes a conversation locks it: where many do so at once, those who wait their turn here hold no
 * connection to the database, which everybody else needs too.
 */
export function createTurns(): Turns {
  const turns = new Map<string, { ended: Promise<void>; waiting: number }>()
  return async (key, work) => {
    const turn = turns.get(key) ?? { ended: Promise.resolve(), waiting: 0 }
    if (turn.waiting >= waitingPerKey) throw changesWaiting()
    turns.set(key, turn)
    turn.waiting += 1
    const end = () => {
      turn.waiting -= 1
      if (turn.waiting === 0) turns.delete(key)
    }
    const own = turn.ended.then(work)
    turn.ended = own.then(end, end)
    return own
  }
}
