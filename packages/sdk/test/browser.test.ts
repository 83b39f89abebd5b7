import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { browser } from '@secureconnect/test/stack'
import { startSystem } from './system.ts'

const packages = join(import.meta.dirname, '../..')
const imports = {
  '@secureconnect/sdk': '/sdk/src/index.ts',
  '@secureconnect/protocol/constants': '/protocol/src/constants.ts',
}
const html = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module" src="/sdk/test/page.js"></script>`

type Told = Readonly<Record<string, unknown>>

/** Serves the SDK as a page loads it, and collects what the page tells. */
async function servePage(t: TestContext) {
  const told: Told[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const [path = '/'] = (request.url ?? '').split('?')
    if (path === '/told') {
      told.push(JSON.parse(await text(request)))
      response.end()
      server.emit('told')
    } else if (path === '/') {
      response.setHeader('content-type', 'text/html').end(html)
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

test('in a browser it signs up, talks, is reloaded, knows its person by the cookie, sends what was left, and gives up what is too old', async (t) => {
  const { origin, tellsOf } = await servePage(t)
  const system = await startSystem(t, { CORS_ALLOWED_ORIGINS: origin })
  const { open } = await browser(t)
  const address = system.replace('127.0.0.1', 'localhost')
  await open(`${origin}/?address=${encodeURIComponent(address)}`)
  const told = await tellsOf(({ isOver }) => isOver === true)
  const userId = told.find((each) => 'userId' in each)?.userId
  assert.equal(typeof userId, 'string')
  const rest = ['heard', 'sent', 'unsent']
  assert.deepEqual(
    told.filter((each) => !rest.some((name) => name in each)),
    [
      { isKnown: false, cookies: '', kept: 0 },
      { userId },
      { kept: 2 },
      { isKnown: true, cookies: '', kept: 2 },
      { userId },
      // Signed out without the service: the cookie is there, and opens nothing any more.
      { signedOut: 'ConnectionError' },
      { isKnown: false, cookies: '', kept: 0 },
      { isOver: true },
    ],
  )
  const sent = told.flatMap((each) => ('sent' in each ? [each.sent] : []))
  assert.deepEqual(sent, ['hello', 'before the reload', 'hello'])
  assert.deepEqual(
    told.filter((each) => 'unsent' in each),
    [{ unsent: 'six days ago', reason: 'gave-up' }],
  )
  assert.equal(told.filter(({ heard }) => heard === 'hello').length, 2)
})
