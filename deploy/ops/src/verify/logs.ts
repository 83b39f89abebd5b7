import { setTimeout as delay } from 'node:timers/promises'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { failed, ok } from '../checks/finding.ts'
import { showLogs } from '../docker/show-logs.ts'
import { ask } from './ask.ts'
import { type Marks, markedServices, sendMarkedRequests } from './send-marked-requests.ts'
import type { VerifyCheck } from './verify-check.ts'

const withinMs = 60_000
const Found = Compile(
  Type.Object({
    data: Type.Object({ result: Type.Array(Type.Object({ stream: Type.Record(Type.String(), Type.String()) })) }),
  }),
)

/** Which services have a line in the log store with both marks where they belong. */
async function findServices({ requestId, traceId }: Marks): Promise<string[]> {
  const query = `{service=~".+"} | request_id = \`${requestId}\` | trace_id = \`${traceId}\``
  const start = String((Date.now() - 300_000) * 1_000_000)
  const { text: answer } = await ask(
    `http://127.0.0.1:3100/loki/api/v1/query_range?${new URLSearchParams({ query, start })}`,
  )
  const { data } = Found.Parse(JSON.parse(answer))
  return data.result.flatMap(({ stream }) => stream.service ?? [])
}

export const logs: VerifyCheck = {
  name: 'logs',
  run: async () => {
    const marks = await sendMarkedRequests()
    const startedAt = Date.now()
    for (;;) {
      const found = await findServices(marks)
      const missing = markedServices.filter((service) => !found.includes(service))
      const passedMs = Date.now() - startedAt
      if (missing.length === 0)
        return [ok('logs', `the request to each service is found by its id and its trace after ${passedMs / 1_000} s`)]
      if (passedMs > withinMs)
        return [
          failed(
            'logs',
            `after 60 s Loki has no line of ${missing.join(', ')} for the request sent to it`,
            showLogs('alloy', 'docker-proxy', 'loki'),
          ),
        ]
      await delay(1_000)
    }
  },
}
