// A fake Tempo, for where the real one cannot be had: it takes spans by OTLP over HTTP, in JSON, and gives a trace back as
// Tempo does. It runs in a container of its own with nothing but Node, in Tempo's place on its network.
import { createServer, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'

type ResourceSpans = { resource: object; scopeSpans: { spans: { traceId: string }[] }[] }

const maxKept = 10_000
const kept: ResourceSpans[] = []

async function readBatch(request: IncomingMessage): Promise<{ resourceSpans: ResourceSpans[] }> {
  const bytes = await buffer(request)
  const isPacked = request.headers['content-encoding'] === 'gzip'
  return JSON.parse((isPacked ? gunzipSync(bytes) : bytes).toString())
}

/** What came of a trace, without the spans of others. */
function findTrace(traceId: string): ResourceSpans[] {
  return kept.flatMap(({ resource, scopeSpans }) => {
    const own = scopeSpans
      .map(({ spans }) => ({ spans: spans.filter((span) => span.traceId === traceId) }))
      .filter(({ spans }) => spans.length > 0)
    return own.length > 0 ? [{ resource, scopeSpans: own }] : []
  })
}

createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== '/v1/traces') return response.writeHead(404).end()
  const { resourceSpans } = await readBatch(request)
  kept.push(...resourceSpans)
  kept.splice(0, kept.length - maxKept)
  return response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
}).listen(4318)

createServer((request, response) => {
  const [, traceId = ''] = /^\/api\/v2\/traces\/([0-9a-f]{32})$/.exec(request.url ?? '') ?? []
  const resourceSpans = findTrace(traceId)
  response
    .writeHead(resourceSpans.length > 0 ? 200 : 404, { 'content-type': 'application/json' })
    .end(JSON.stringify({ trace: { resourceSpans } }))
}).listen(3200)
