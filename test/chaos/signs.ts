import { messages } from '@secureconnect/protocol'
import { until } from '../helpers/index.ts'
import { call } from '../services/index.ts'
import type { Scene, Sign } from './script.ts'
import type { ProcessName } from './system.ts'

/** A metric that says more than nothing. */
export function raised(process: ProcessName, metric: string, labels = ''): Sign {
  return {
    name: `${metric}${labels && `{${labels}}`} of ${process}`,
    isSeen: async ({ system }) => ((await system.metric(process, metric, labels)) ?? 0) > 0,
  }
}

/** A breaker that is open, or lets one call try whether it may close. */
export const broken = (process: ProcessName, dependency: string) =>
  raised(process, 'circuit_breaker_state', `dependency="${dependency}"`)

/** A process that says in its health that something is away, and is ready all the same. */
export function degraded(process: ProcessName): Sign {
  return {
    name: `health "degraded", ready: ${process}`,
    isSeen: async ({ system }) =>
      (await system.health(process)) === 'degraded' && (await system.readyStatus(process)) === 200,
  }
}

export function notReady(process: ProcessName): Sign {
  return {
    name: `not ready: ${process}`,
    isSeen: async ({ system }) => (await system.readyStatus(process)) === 503,
  }
}

/** The header by which answers of chat say what they have to do without. */
export function told(dependency: string): Sign {
  return {
    name: `Degraded: ${dependency}`,
    async isSeen({ cast: { at, ada, conversationId } }) {
      const query = { conversation_id: conversationId, limit: 1 }
      const { headers } = await call(at, messages.list, { token: ada.token, query })
      return headers.get('degraded')?.includes(dependency) ?? false
    },
  }
}

/** Makes sure that what waits in an outbox is told to grow older, which is what alerts look at; says how old it was. */
export async function assertAges({ system }: Scene, process: ProcessName, topic: string): Promise<string> {
  const age = async () => (await system.metric(process, 'outbox_oldest_seconds', `topic="${topic}"`)) ?? 0
  await until(`the age of what waits for "${topic}" is told`, async () => (await age()) > 0)
  return `outbox_oldest_seconds{topic="${topic}"} of ${process} said ${Math.round(await age())}`
}
