import { setTimeout as delay } from 'node:timers/promises'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { failed, ok, skipped } from '../checks/finding.ts'
import { compose, runDocker } from '../docker/run-docker.ts'
import { showLogs } from '../docker/show-logs.ts'
import { markedServices, sendMarkedRequests } from './send-marked-requests.ts'
import type { VerifyCheck } from './verify-check.ts'

const withinMs = 60_000
/** Where a span says that it is a statement of a database. */
const ofDatabase = 'db.system.name'

const Attributes = Type.Array(
  Type.Object({ key: Type.String(), value: Type.Object({ stringValue: Type.Optional(Type.String()) }) }),
)
const Found = Compile(
  Type.Object({
    trace: Type.Object({
      resourceSpans: Type.Array(
        Type.Object({
          resource: Type.Object({ attributes: Attributes }),
          scopeSpans: Type.Array(
            Type.Object({
              spans: Type.Array(
                Type.Object({ attributes: Type.Optional(Type.Array(Type.Object({ key: Type.String() }))) }),
              ),
            }),
          ),
        }),
      ),
    }),
  }),
)

/** The services of a trace, and the database where one was asked: as Grafana reads them, which alone reaches Tempo. */
async function readParts(root: string, traceId: string): Promise<string[]> {
  const url = `http://tempo:3200/api/v2/traces/${traceId}`
  const words = compose(
    'exec',
    '--no-TTY',
    'grafana',
    'wget',
    '-q',
    '-O',
    '-',
    '--header',
    'Accept: application/json',
    url,
  )
  const { trace } = Found.Parse(JSON.parse(await runDocker(words, { root })))
  return trace.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const name = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
    const spans = scopeSpans.flatMap((scope) => scope.spans)
    const hasStatement = spans.some(({ attributes = [] }) => attributes.some(({ key }) => key === ofDatabase))
    return hasStatement ? [name, 'the database'] : [name]
  })
}

export const traces: VerifyCheck = {
  name: 'traces',
  run: async ({ root, settings }) => {
    if (!settings.get('COMPOSE_PROFILES')?.split(',').includes('tracing'))
      return [skipped('traces', 'COMPOSE_PROFILES in .env does not name tracing')]
    const { traceId } = await sendMarkedRequests()
    const wanted = [...markedServices, 'the database']
    const startedAt = Date.now()
    for (;;) {
      // Until Tempo knows the trace it answers 404.
      const parts = await readParts(root, traceId).catch((): string[] => [])
      const missing = wanted.filter((part) => !parts.includes(part))
      const passedMs = Date.now() - startedAt
      if (missing.length === 0)
        return [ok('traces', `one trace leads through ${wanted.join(', ')}, after ${Math.round(passedMs / 1_000)} s`)]
      if (passedMs > withinMs)
        return [
          failed('traces', `after 60 s the trace in Tempo lacks ${missing.join(', ')}`, showLogs('alloy', 'tempo')),
        ]
      await delay(1_000)
    }
  },
}
