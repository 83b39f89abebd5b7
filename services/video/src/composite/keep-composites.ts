import { repeat } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { claimComposite } from '../stores/composites.ts'
import { leaseMs } from './lease.ts'
import { removeStrays } from './scratch.ts'
import { type Composing, takeCare } from './take-care.ts'

const name = 'composites'
const everyMs = 1_000
const turnsBetweenSweeps = 60

type Needed = Composing & { rooms: Pick<Context['rooms'], 'isLeaving'> }

/** Makes composites of recordings that wait for one, as many at once as this process may. */
export function keepComposites(context: Needed): AsyncDisposable {
  const { config, log, metrics, blobs, desk, rooms, events } = context
  const { holder } = desk
  const underWay = new Set<Promise<void>>()
  const closing = new AbortController()
  let turns = 0

  async function takeOne(): Promise<void> {
    // What a process that stops begins now ends with it, and another one would begin anew.
    if (rooms.isLeaving || blobs.probe.state.status === 'down' || (await desk.program.findFault())) return
    const row = await claimComposite(context.sql.background, { holder, leaseMs })
    if (!row) return
    const making = takeCare(context, row, closing.signal)
      .catch((error) => events.compositeTroubled(row.recording_id, error))
      .finally(() => underWay.delete(making))
    underWay.add(making)
  }

  async function work(): Promise<void> {
    if (turns++ % turnsBetweenSweeps === 0) await removeStrays(context, holder)
    if (underWay.size < config.compositesAtOnce) await takeOne()
    metrics.compositesActive.set(underWay.size)
  }

  const looking = repeat({ name, everyMs, log, work })
  return {
    async [Symbol.asyncDispose]() {
      closing.abort()
      await looking[Symbol.asyncDispose]()
      await Promise.all(underWay)
    },
  }
}
