import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'

const packages = join(import.meta.dirname, '../..')
const imports = {
  '@secureconnect/sdk': '/sdk/src/index.ts',
  '@secureconnect/protocol/constants': '/protocol/src/constants.ts',
}
const toHtml = (script: string) => `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module" src="/sdk/test/${script}"></script>`

type Told = Readonly<Record<string, unknown>>

/** Serves the SDK as a page loads it with a script of its own, and collects what the page tells. */
export async function servePage(t: TestContext, script: string) {
  const told: Told[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const [path = '/'] = (request.url ?? '').split('?')
    if (path === '/told') {
      told.push(JSON.parse(await text(request)))
      response.end()
      server.emit('told')
    } else if (path === '/') {
      response.setHeader('content-type', 'text/html').end(toHtml(script))
    } else {
      const source = readFileSync(join(packages, path), 'utf8')
      response.setHeader('content-type', 'text/javascript')
      response.end(path.endsWith('.ts') ? stripTypeScriptTypes(source) : source)
    }
  }
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const tellsOf = async (isLast: (told: Told) => boolean) => {
    while (!told.some((each) => 'fault' in each || isLast(each))) await once(server, 'told')
    return told
  }
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, tellsOf }
}
