import { limits } from '@secureconnect/protocol'
import { createFrameBudget } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { dataTooLong, tooMuchData } from '../errors.ts'
import type { Participant } from '../media/participant.ts'
import { seatedRequest } from './request.ts'

/** So many seconds' worth may come at once. */
const burstSeconds = 3

/** What people tell the rest of the room: each of them only so much, for everybody is sent it and it is kept for a while. */
export function createDataRequests(context: Pick<Context, 'rooms' | 'config'>) {
  const { callDataPerSecond: perSecond } = context.config
  const budgets = new WeakMap<Participant, ReturnType<typeof createFrameBudget>>()
  const budgetOf = (participant: Participant) => {
    const budget = budgets.get(participant) ?? createFrameBudget({ perSecond, burst: burstSeconds * perSecond })
    budgets.set(participant, budget)
    return budget
  }
  return {
    'data.send': seatedRequest(
      context,
      'data.send',
      ({ room, participant }, { data, is_encrypted: isEncrypted = false }) => {
        if (Buffer.byteLength(data) > limits.roomDataBytes) throw dataTooLong()
        const retryAfterMs = budgetOf(participant).take()
        if (retryAfterMs > 0) throw tooMuchData(retryAfterMs)
        room.sendData(participant, { data, isEncrypted })
        return {}
      },
    ),
  }
}
