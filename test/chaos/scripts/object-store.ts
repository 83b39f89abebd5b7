import { assertNothingReserved } from '../assert-nothing-reserved.ts'
import type { Part, Scene, Script } from '../script.ts'
import { degraded, raised } from '../signs.ts'

const refusal = { code: 'SERVICE_UNAVAILABLE' } as const
const refused = {
  'upload a file': refusal,
  'ask for a download': { ...refusal, mayBeDone: true },
  // The bytes come from the store itself.
  'download what is signed': 'not asked of us',
} as const
const signs = [raised('storage-service', 'minio_circuit_breaker_state'), degraded('storage-service')]
const heal = ({ system }: Scene) => system.servers.lines.store.heal()

const faults: readonly Script[] = [
  {
    fault: 'killed',
    strike: ({ system }) => system.servers.store.kill(),
    heal: ({ system }) => system.servers.store.restart(),
  },
  {
    fault: 'hangs (SIGSTOP)',
    strike: ({ system }) => system.servers.store.freeze(),
    heal: async ({ system }) => system.servers.store.thaw(),
  },
  { fault: 'answers after 4 s', strike: async ({ system }) => system.servers.lines.store.latency(2_000), heal },
  { fault: 'refuses connections', strike: async ({ system }) => system.servers.lines.store.refuse(), heal },
]

export const objectStore: Part = {
  name: 'object-store',
  promise:
    'All else goes on, lists of files and quotas too. Uploads are refused with 503 before anything is reserved. It is told as degraded.',
  scripts: faults.map((script) => ({ ...script, refused, signs, meanwhile: assertNothingReserved })),
}
