import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { failed, ok } from '../checks/finding.ts'
import { ask } from './ask.ts'
import type { VerifyCheck } from './verify-check.ts'

const withinMs = 60_000
const Found = Compile(
  Type.Object({
    data: Type.Object({ result: Type.Array(Type.Object({ stream: Type.Record(Type.String(), Type.String()) })) }),
  }),
)

/** Which services have a line with this text in the log store. */
async function findServices(text: string): Promise<string[]> {
  const query = `{service=~".+"} |= \`${text}\``
  const start = String((Date.now() - 300_000) * 1_000_000)
  const { text: answer } = await ask(
    `http://127.0.0.1:3100/loki/api/v1/query_range?${new URLSearchParams({ query, start })}`,
  )
  const { data } = Found.Parse(JSON.parse(answer))
  return [...new Set(data.result.flatMap(({ stream }) => stream.service ?? []))]
}

export const logs: VerifyCheck = {
  name: 'logs',
  run: async () => {
    const requestId = randomUUID()
    const wanted = ['api-gateway', 'auth-service']
    await ask('http://127.0.0.1:8080/v1/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': requestId },
      body: JSON.stringify({ username: 'nobody-at-all', password: randomUUID() }),
    })
    const startedAt = Date.now()
    let missing = wanted
    while (Date.now() - startedAt < withinMs) {
      const found = await findServices(requestId)
      missing = wanted.filter((service) => !found.includes(service))
      const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1)
      if (missing.length === 0)
        return [ok('logs', `a request is found in the lines of ${wanted.join(' and ')} after ${seconds} s`)]
      await delay(1_000)
    }
    return [
      failed(
        'logs',
        `after 60 s Loki has no line of ${missing.join(', ')} for a request`,
        'docker compose -f docker-compose.production.yml logs --tail 50 alloy docker-proxy loki',
      ),
    ]
  },
}
