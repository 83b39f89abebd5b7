import type { ErrorCode, ServiceName } from '@secureconnect/protocol'
import type { Act } from '../acts.ts'
import type { Part, Refusal, Script } from '../script.ts'

const hourMs = 3_600_000

/** What asks each service to judge an access token, whose times are those of another clock. */
const judging: Readonly<Partial<Record<ServiceName, readonly Act[]>>> = {
  'auth-service': ['read the profile'],
  'chat-service': ['send a message', 'read the newest'],
  'video-service': ['list calls'],
  'storage-service': ['upload a file', 'list files', 'ask for a download'],
}

const jumps: readonly { shiftMs: number; words: string; code: ErrorCode }[] = [
  { shiftMs: hourMs, words: 'an hour ahead', code: 'TOKEN_EXPIRED' },
  { shiftMs: -hourMs, words: 'an hour back', code: 'UNAUTHORIZED' },
]

/** The store of files takes signatures of a wrong clock for bad as well: its breaker opens, and closes some seconds later. */
const alsoRefused: Readonly<Partial<Record<ServiceName, ErrorCode>>> = { 'storage-service': 'SERVICE_UNAVAILABLE' }

function refuse(service: ServiceName, code: ErrorCode): Partial<Record<Act, Refusal>> {
  const { [service]: orElse } = alsoRefused
  const refusal: Refusal = { code, isFinal: true, ...(orElse && { orElse }) }
  return Object.fromEntries((judging[service] ?? []).map((act) => [act, refusal]))
}

export const clocks: Part = {
  name: 'clocks',
  promise:
    'A service whose clock jumps takes access tokens of the others for bad, and says so, until it is right again. Nobody is signed out; sockets, calls, leases and what the service does by itself go on, for their times are those of the database or of a clock that does not jump.',
  needs: { hasClocks: true },
  scripts: (Object.keys(judging) as ServiceName[]).flatMap((service) =>
    jumps.map(
      ({ shiftMs, words, code }): Script => ({
        fault: `the clock of ${service} jumps ${words}`,
        strike: ({ system }) => system.setClock(service, shiftMs),
        heal: ({ system }) => system.setClock(service, 0),
        refused: refuse(service, code),
      }),
    ),
  ),
}
