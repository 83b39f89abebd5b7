import { AppError } from '@secureconnect/errors'
import { createFrameBudget } from '@secureconnect/service'
import type { types } from 'mediasoup'

type FrameBudget = ReturnType<typeof createFrameBudget>

/** Going another way through the network is cheap, and never needed more often than this. */
const iceRestarts = { perSecond: 5 / 60, burst: 5 }
/** Whoever makes transports anew is offered everything anew, which costs each worker of the room. */
const creations = { perSecond: 0.5, burst: 30 }

function takeFrom(budget: FrameBudget): void {
  const waitMs = budget.take()
  if (waitMs > 0) throw new AppError('RATE_LIMITED', 'Try again later.', { retryAfterMs: waitMs })
}

/** How often somebody may make his ways to and from a room, and change them. */
export class TransportBudget {
  readonly #creations = { send: createFrameBudget(creations), recv: createFrameBudget(creations) }
  readonly #restarts = new WeakMap<types.Transport, FrameBudget>()

  takeCreation(direction: 'send' | 'recv'): void {
    takeFrom(this.#creations[direction])
  }

  takeRestart(transport: types.Transport): void {
    const budget = this.#restarts.get(transport) ?? createFrameBudget(iceRestarts)
    this.#restarts.set(transport, budget)
    takeFrom(budget)
  }
}
