import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync } from 'node:zlib'
import { readJson } from '@secureconnect/test/helpers'
import { startGateway, startUpstream } from './test-gateway.ts'

const files = 'https://files.example.org'
const document = '<!doctype html><title>Client</title>'
const script = `console.log("${'client '.repeat(100)}")`

/** A built client of a document, a script and a picture. */
function layOut(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'web-'))
  t.after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), document)
  writeFileSync(join(folder, 'pages.json'), JSON.stringify(['/', '/sign-in', '/conversations/:conversation_id']))
  writeFileSync(join(folder, 'service-worker.js'), script)
  writeFileSync(join(folder, 'assets/main-1.js'), script)
  writeFileSync(join(folder, 'assets/main-1.js.br'), brotliCompressSync(script))
  writeFileSync(join(folder, '.hidden'), 'a note')
  return folder
}

async function start(t: TestContext, more: Readonly<Record<string, string>> = {}) {
  const upstream = await startUpstream(t)
  const env = { WEB_FOLDER: layOut(t), FILES_URL: `${files}/bucket`, ...more }
  const { address } = await startGateway(t, { upstream, env })
  return { upstream, address }
}

test('every page is the one document, which may load nothing but what is ours', async (t) => {
  const { upstream, address } = await start(t)
  for (const path of ['/', '/sign-in', '/conversations/0199', '/?from=a-mail']) {
    const response = await fetch(address + path)
    assert.equal(response.status, 200, path)
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(response.headers.get('cache-control'), 'no-cache')
    assert.equal(await response.text(), document)
    const policy = response.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /script-src 'self';/)
    assert.match(policy, /style-src 'self';/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.ok(policy.includes(`connect-src 'self' ${files}`))
    assert.doesNotMatch(policy, /unsafe|\*|data:|google/)
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.match(response.headers.get('permissions-policy') ?? '', /camera=\(self\)/)
  }
  assert.equal(upstream.received.length, 0)
})

test('what a page loads is kept for ever, comes compressed to whoever takes that, and is not sent twice', async (t) => {
  const { address } = await start(t)
  const path = `${address}/assets/main-1.js`
  const plain = await fetch(path, { headers: { 'accept-encoding': 'identity' } })
  assert.equal(plain.headers.get('content-type'), 'text/javascript; charset=utf-8')
  assert.match(plain.headers.get('cache-control') ?? '', /immutable/)
  assert.equal(plain.headers.get('content-encoding'), null)
  assert.equal(await plain.text(), script)
  assert.match(plain.headers.get('vary') ?? '', /Accept-Encoding/)

  const small = await fetch(path, { headers: { 'accept-encoding': 'gzip, br' } })
  assert.equal(small.headers.get('content-encoding'), 'br')
  assert.ok(Number(small.headers.get('content-length')) < script.length / 4)
  assert.equal(await small.text(), script)

  const etag = plain.headers.get('etag') ?? ''
  const again = await fetch(path, { headers: { 'if-none-match': etag } })
  assert.deepEqual([again.status, await again.text()], [304, ''])
  assert.equal((await fetch(path, { headers: { 'if-none-match': '"another"' } })).status, 200)
})

test('the service worker has no other name, is asked for each time, and may ask nobody', async (t) => {
  const { address } = await start(t)
  const { status, headers } = await fetch(`${address}/service-worker.js`)
  assert.deepEqual([status, headers.get('cache-control')], [200, 'no-cache'])
  assert.equal(headers.get('content-type'), 'text/javascript; charset=utf-8')
  assert.equal(headers.get('content-security-policy'), "default-src 'none'")
})

test('pages may register at Firebase where it pushes to them, and talk to nobody else of Google', async (t) => {
  const { address } = await start(t, { FIREBASE_WEB_API_KEY: 'a-key' })
  const policy = (await fetch(address)).headers.get('content-security-policy') ?? ''
  const names = policy.match(/https:\S+googleapis\.com(?=[ ;])/g)
  const expected = ['https://firebaseinstallations.googleapis.com', 'https://fcmregistrations.googleapis.com']
  assert.deepEqual(names, expected)
  assert.ok(policy.includes(`connect-src 'self' ${files} ${expected.join(' ')};`))
})

test('a path that is no page, and a method that is none of theirs, are refused as everywhere', async (t) => {
  const { address } = await start(t)
  const others = ['/sign-in/more', '/index.html', '/pages.json', '/assets/', '/assets/main-1.js.br']
  for (const path of [...others, '/.hidden', '/nothing']) {
    const response = await fetch(address + path)
    assert.equal(response.status, 404, path)
    assert.equal((await readJson(response)).error.code, 'ROUTE_NOT_FOUND')
  }
  const refused = await fetch(`${address}/sign-in`, { method: 'POST' })
  assert.equal(refused.status, 405)
  assert.equal(refused.headers.get('allow'), 'GET, HEAD')
  const head = await fetch(`${address}/sign-in`, { method: 'HEAD' })
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(document.length)])
})

test('the API keeps its own policy, and a gateway without the client has no pages', async (t) => {
  const { address } = await start(t)
  const api = await fetch(`${address}/v1/nothing`)
  assert.equal(api.headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'")
  const bare = await startGateway(t, { upstream: await startUpstream(t) })
  assert.equal((await fetch(`${bare.address}/`)).status, 404)
})

test('a folder that is no built client keeps the gateway from starting, and says how to make one', async (t) => {
  const upstream = await startUpstream(t)
  const empty = mkdtempSync(join(tmpdir(), 'web-'))
  t.after(() => rmSync(empty, { recursive: true }))
  for (const folder of [empty, join(empty, 'nowhere')]) {
    await assert.rejects(startGateway(t, { upstream, env: { WEB_FOLDER: folder } }), /packages\/web\/build\.ts/)
  }
})
