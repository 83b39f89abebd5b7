import type { ServiceName } from '@secureconnect/protocol'
import type { Act } from '../acts.ts'
import type { Part, Refusal, Script } from '../script.ts'
import { broken, degraded } from '../signs.ts'

type Upstream = Exclude<ServiceName, 'api-gateway'>

const owned: Readonly<Record<Upstream, readonly Act[]>> = {
  'auth-service': ['sign in', 'refresh', 'read the profile', 'fetch the public keys'],
  'chat-service': ['send a message', 'read the newest'],
  'video-service': ['list calls'],
  'storage-service': ['upload a file', 'list files', 'ask for a download'],
}

function refusalsOf(service: Upstream): Partial<Record<Act, Refusal>> {
  return Object.fromEntries(owned[service].map((act) => [act, { code: 'SERVICE_UNAVAILABLE' }]))
}

/** The room of the call is in it. */
const silentMsOf = (service: Upstream) => (service === 'video-service' ? { silentMs: 30_000 } : {})

function killed(service: Upstream): Script {
  return {
    fault: `${service} is killed, and started again`,
    strike: ({ system }) => system.kill(service),
    heal: ({ system }) => system.run(service),
    refused: refusalsOf(service),
    signs: [broken('api-gateway', `upstream:${service}`), degraded('api-gateway')],
    ...silentMsOf(service),
  }
}

function hung(service: Upstream): Script {
  return {
    fault: `${service} hangs (SIGSTOP)`,
    strike: async ({ system }) => system.hang(service),
    heal: async ({ system }) => system.goOn(service),
    refused: refusalsOf(service),
    signs: [broken('api-gateway', `upstream:${service}`), degraded('api-gateway')],
    ...silentMsOf(service),
  }
}

export const upstreams: Part = {
  name: 'upstreams',
  promise:
    "A service that is away takes its own routes with it, which answer 503 within the deadline; all others go on, with tokens that are good. The gateway's breaker for it opens, and closes by itself.",
  scripts: (['auth-service', 'chat-service', 'video-service', 'storage-service'] as const).flatMap((service) => [
    killed(service),
    hung(service),
  ]),
}
