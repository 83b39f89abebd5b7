import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A span as OTLP's JSON encoding writes it. */
export type ReceivedSpan = {
  name: string
  kind: number
  traceId: string
  spanId: string
  parentSpanId?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  status: { code?: number; message?: string }
  attributes: readonly { key: string; value: object }[]
}

type ExportRequest = {
  resourceSpans: readonly {
    resource: { attributes: readonly { key: string; value: { stringValue?: string } }[] }
    scopeSpans: readonly { spans: readonly ReceivedSpan[] }[]
  }[]
}

export type FakeCollector = {
  url: string
  spans: ReceivedSpan[]
  services: Set<string | undefined>
  /** What the collector answers from now on; `hang` answers nothing. */
  behaviour: 'take' | 'refuse' | 'hang'
}

async function readJson(request: IncomingMessage): Promise<ExportRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** A fake collector: takes OTLP over real HTTP and keeps what it decodes. */
export async function startFakeCollector(t: { after: (work: () => unknown) => void }): Promise<FakeCollector> {
  const collector: FakeCollector = { url: '', spans: [], services: new Set(), behaviour: 'take' }
  const server = createServer(async (request, response) => {
    const { resourceSpans } = await readJson(request)
    if (collector.behaviour === 'hang') return
    if (collector.behaviour === 'refuse') return response.writeHead(400).end()
    for (const { resource, scopeSpans } of resourceSpans) {
      collector.services.add(resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue)
      collector.spans.push(...scopeSpans.flatMap(({ spans }) => spans))
    }
    return response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  collector.url = `http://127.0.0.1:${port}`
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return collector
}
