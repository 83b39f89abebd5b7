import type { Act } from '../acts.ts'
import type { Part, Refusal, Scene, Script } from '../script.ts'
import { broken, notReady } from '../signs.ts'
import type { ProcessName } from '../system.ts'

const refusal = { code: 'SERVICE_UNAVAILABLE' } as const
const needed: readonly Act[] = [
  'sign in',
  'refresh',
  'send a message',
  'read the newest',
  'list calls',
  'upload a file',
  'list files',
  'ask for a download',
]
const refused: Partial<Record<Act, Refusal>> = {
  ...Object.fromEntries(needed.map((act) => [act, refusal])),
  'read the profile': { ...refusal, mayBeDone: true },
}
const services: readonly ProcessName[] = ['auth-service', 'chat-service', 'video-service', 'storage-service']
const signs = services.flatMap((name) => [notReady(name), broken(name, 'sql')])
const heal = ({ system }: Scene) => system.servers.lines.sql.heal()

/** Nothing of a call or a socket waits for the database. */
async function countLostSockets({ cast }: Scene): Promise<string[]> {
  return [`sockets of the call that were lost so far: ${cast.line.lostSockets}`]
}

const faults: readonly Script[] = [
  {
    fault: 'killed',
    strike: ({ system }) => system.servers.postgres.kill(),
    heal: ({ system }) => system.servers.postgres.restart(),
  },
  {
    fault: 'hangs (SIGSTOP)',
    strike: ({ system }) => system.servers.postgres.freeze(),
    heal: async ({ system }) => system.servers.postgres.thaw(),
  },
  { fault: 'answers after 4 s', strike: async ({ system }) => system.servers.lines.sql.latency(2_000), heal },
  {
    fault: 'is cut off within its answers',
    strike: async ({ system }) => system.servers.lines.sql.cutAfter(200),
    heal,
  },
  { fault: 'refuses connections', strike: async ({ system }) => system.servers.lines.sql.refuse(), heal },
]

export const sql: Part = {
  name: 'sql',
  promise:
    'Public keys, open sockets, media of running calls and downloads that are signed go on. All else answers 503 with Retry-After of at most 5 s: never 401, never a success that was none. No service is ready, breakers are open; within 5 s of its return all is done again.',
  scripts: faults.map((script) => ({ ...script, refused, signs, meanwhile: countLostSockets, backWithinMs: 10_000 })),
}
