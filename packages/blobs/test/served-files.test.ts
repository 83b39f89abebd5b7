import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { collect, until } from '@secureconnect/test/helpers'
import { createFolder, pageOrigin, serveFolder } from './stores.ts'

const text = { contentType: 'text/plain', expiresInSeconds: 60 }
const shown = { fileName: 'a.txt', contentType: 'text/html', disposition: 'attachment', expiresInSeconds: 60 } as const

async function listArriving(folder: string): Promise<string[]> {
  return readdir(join(folder, 'arriving')).catch(() => [])
}

test('a file is shown by a browser without any right to do something', async (t) => {
  const { blobs } = await serveFolder(t, await createFolder(t))
  const key = `objects/${randomUUID()}`
  await blobs.write(key, Buffer.from('<script>'), 'text/html')
  const { headers } = await fetch(await blobs.signDownload({ ...shown, key }))
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('content-security-policy'), "default-src 'none'; sandbox")
  assert.match(headers.get('content-disposition') ?? '', /^attachment;/)
  assert.match(headers.get('cache-control') ?? '', /private/)
})

test('pages of allowed origins may use the URLs, and no others', async (t) => {
  const { blobs } = await serveFolder(t, await createFolder(t))
  const { url } = await blobs.signUpload({ ...text, key: `staging/${randomUUID()}`, size: 5 })
  const ask = (origin: string) =>
    fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } })
  const allowed = await ask(pageOrigin)
  assert.equal(allowed.headers.get('access-control-allow-origin'), pageOrigin)
  assert.match(allowed.headers.get('access-control-allow-methods') ?? '', /PUT/)
  const refused = await ask('https://evil.example.org')
  assert.equal(refused.headers.get('access-control-allow-origin'), null)
})

test('a part of another version than the one that is known is not given', async (t) => {
  const { blobs } = await serveFolder(t, await createFolder(t))
  const key = `objects/${randomUUID()}`
  await blobs.write(key, Buffer.from('0123456789'), 'text/plain')
  const url = await blobs.signDownload({ ...shown, key })
  const etag = (await fetch(url)).headers.get('etag') ?? ''
  const resume = () => fetch(url, { headers: { range: 'bytes=5-', 'if-range': etag } })
  assert.equal(await (await resume()).text(), '56789')
  await blobs.write(key, Buffer.from('abcdefghij'), 'text/plain')
  const whole = await resume()
  assert.deepEqual([whole.status, await whole.text()], [200, 'abcdefghij'])
})

test('an upload that breaks off leaves nothing behind', async (t) => {
  const folder = await createFolder(t)
  const { blobs } = await serveFolder(t, folder)
  const key = `staging/${randomUUID()}`
  const { url, headers } = await blobs.signUpload({ ...text, key, size: 1_000_000 })
  const sending = request(url, { method: 'PUT', headers: { ...headers, 'content-length': 1_000_000 } })
  sending.on('error', () => undefined)
  sending.write(randomBytes(500_000))
  while ((await listArriving(folder)).length === 0) await pause(5)
  sending.destroy()
  while ((await listArriving(folder)).length > 0) await pause(5)
  assert.equal(await blobs.stat(key), undefined)
})

test('an upload that is begun anew takes the room of one: what was begun before ends', async (t) => {
  const folder = await createFolder(t)
  const { blobs } = await serveFolder(t, folder)
  const key = `staging/${randomUUID()}`
  const bytes = randomBytes(1_000_000)
  const { url, headers } = await blobs.signUpload({ ...text, key, size: bytes.length })
  const first = request(url, { method: 'PUT', headers: { ...headers, 'content-length': bytes.length } })
  t.after(() => first.destroy())
  const answered = once(first, 'response')
  first.write(bytes.subarray(0, 500_000))
  await until('the first arrives', async () => (await listArriving(folder)).length === 1)
  assert.equal((await fetch(url, { method: 'PUT', headers, body: bytes })).status, 200)
  await until('nothing of the first is left', async () => (await listArriving(folder)).length === 0)
  const [answer] = await answered
  assert.equal(answer.statusCode, 409)
  assert.equal((await blobs.stat(key))?.size, bytes.length)
})

test('what a process that crashed had begun to take is removed once nobody can be sending it', async (t) => {
  const folder = await createFolder(t)
  const arriving = join(folder, 'arriving')
  await mkdir(arriving)
  const [old, recent] = [join(arriving, 'old'), join(arriving, 'recent')]
  await Promise.all([writeFile(old, 'half'), writeFile(recent, 'half')])
  await utimes(old, new Date(0), new Date(0))
  await serveFolder(t, folder)
  while ((await listArriving(folder)).length > 1) await pause(5)
  assert.deepEqual(await listArriving(folder), ['recent'])
})

test('a part that arrives while its upload is given up is taken, or is gone', async (t) => {
  const { blobs } = await serveFolder(t, await createFolder(t))
  const parts = Array.from({ length: 20 }, (_, index) => index + 1)
  for (let round = 0; round < 10; round += 1) {
    const upload = await blobs.beginParts({ key: `staging/${randomUUID()}`, contentType: 'text/plain' })
    const put = async (part: number) => {
      const { url } = await blobs.signPart({ ...upload, part, size: 1, expiresInSeconds: 60 })
      return (await fetch(url, { method: 'PUT', body: 'a' })).status
    }
    const putting = Promise.all(parts.map(put))
    let isDone = false
    putting.finally(() => {
      isDone = true
    })
    while (!isDone) await blobs.abortParts(upload)
    assert.deepEqual(new Set(await putting), new Set([200]))
  }
})

test('a copy takes no room of its own', async (t) => {
  const folder = await createFolder(t)
  const { blobs } = await serveFolder(t, folder)
  await blobs.write('staging/a', randomBytes(1_000), 'text/plain')
  await blobs.copy('staging/a', 'objects/a')
  assert.equal((await stat(join(folder, 'kept/objects/a'))).nlink, 2)
})

test('a copy is as old as itself, however long its bytes have been there', async (t) => {
  const folder = await createFolder(t)
  const { blobs } = await serveFolder(t, folder)
  await blobs.write('staging/a', Buffer.from('hello'), 'text/plain')
  await utimes(join(folder, 'kept/staging/a'), new Date(0), new Date(0))
  await blobs.copy('staging/a', 'objects/a')
  const [copy] = await collect(blobs.list('objects/'))
  assert.ok(Date.now() - (copy?.modifiedAt.getTime() ?? 0) < 60_000)
})

test('no key leads out of the folder', async (t) => {
  const { blobs } = await serveFolder(t, await createFolder(t))
  for (const key of ['../a', 'a/../b', '/a', 'a//b', '.', 'a\0b', '']) await assert.rejects(blobs.stat(key))
})

test('names, ends and sizes that make no sense give the whole file', async (t) => {
  const { blobs } = await serveFolder(t, await createFolder(t))
  await blobs.write('objects/a', Buffer.from('0123456789'), 'text/plain')
  await blobs.write('objects/empty', Buffer.alloc(0), 'text/plain')
  const url = await blobs.signDownload({ ...shown, key: 'objects/a' })
  for (const range of ['bytes=4-2', 'bytes=-', 'bytes=a-b', 'lines=1-2', 'bytes=0-1,3-4']) {
    const { status, headers } = await fetch(url, { headers: { range } })
    assert.deepEqual([status, headers.get('content-length')], [200, '10'], range)
  }
  assert.equal((await fetch(url, { headers: { range: 'bytes=-0' } })).status, 416)
  const empty = await fetch(await blobs.signDownload({ ...shown, key: 'objects/empty' }))
  assert.deepEqual([empty.status, await empty.text()], [200, ''])
})

test('a form that is none, or breaks off, is refused and leaves nothing behind', async (t) => {
  const folder = await createFolder(t)
  const { blobs } = await serveFolder(t, folder)
  const key = `staging/${randomUUID()}`
  const { url } = await blobs.signForm({ ...text, key, size: 100 })
  const type = 'multipart/form-data; boundary=x'
  const begun = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
  const bodies = [
    ['application/json', '{}'],
    ['multipart/form-data', begun],
    [type, ''],
    [type, 'no form'],
    [type, `${begun}half`],
    [type, `${begun}${'x'.repeat(99)}\r\n--x--`],
    [type, `${begun}${'x'.repeat(500)}\r\n--x--`],
    [type, `${begun.replace('"file"', '"other"')}${'x'.repeat(100)}\r\n--x--`],
  ] as const
  for (const [contentType, body] of bodies) {
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body })
    assert.equal(answer.status, 400, body)
  }
  assert.deepEqual(await listArriving(folder), [])
  assert.equal(await blobs.stat(key), undefined)
})
