import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { collect } from '@secureconnect/test/helpers'
import type { Blobs, UploadTicket } from '../src/blobs.ts'
import { adapters, createFolder, openStore } from './stores.ts'

const text = { contentType: 'text/plain', expiresInSeconds: 60 }
const hello = Buffer.from('hello')
const freshKey = () => `staging/${randomUUID()}`

function put({ url, headers }: UploadTicket, body: Buffer, others: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'PUT', headers: { ...headers, ...others }, body })
}

/** Whether the store took it; one that refuses may do so by hanging up on the body. */
async function isTaken(request: Promise<Response>): Promise<boolean> {
  const answer = await request.catch(() => undefined)
  await answer?.arrayBuffer()
  return answer?.ok === true
}

async function readAll(blobs: Blobs, key: string, range?: { start: number; end: number }): Promise<Buffer> {
  const stream = await blobs.read(key, range)
  assert.ok(stream)
  return buffer(stream)
}

async function sendForm(blobs: Blobs, key: string, body: Buffer, sha256?: string): Promise<Response> {
  const { url, fields } = await blobs.signForm({ ...text, key, size: hello.length, sha256 })
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new Blob([new Uint8Array(body)], { type: 'text/plain' }), 'name.txt')
  return fetch(url, { method: 'POST', body: form })
}

const download = {
  fileName: 'Grüße.txt',
  contentType: 'text/plain',
  disposition: 'attachment',
  expiresInSeconds: 60,
} as const

for (const adapter of adapters) {
  test(`${adapter}: what was put at a signed URL is there, and nothing is where nothing was put`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const key = freshKey()
    assert.equal(await blobs.stat(key), undefined)
    assert.equal(await blobs.read(key), undefined)
    const ticket = await blobs.signUpload({ ...text, key, size: 5 })
    assert.ok(await isTaken(put(ticket, hello)))
    assert.equal((await blobs.stat(key))?.size, 5)
    assert.deepEqual(await readAll(blobs, key), hello)
    assert.deepEqual(await readAll(blobs, key, { start: 1, end: 3 }), Buffer.from('ell'))
  })

  test(`${adapter}: a file of this machine is kept as it is, in parts where it is large`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const path = join(await createFolder(t), 'file')
    for (const size of [0, 5, 20 * 1024 * 1024]) {
      const bytes = randomBytes(size)
      await writeFile(path, bytes)
      const key = freshKey()
      await blobs.putFile(key, path, 'video/webm')
      await rm(path)
      assert.equal((await blobs.stat(key))?.size, size)
      assert.ok((await readAll(blobs, key)).equals(bytes))
    }
    const missing = blobs.putFile(freshKey(), path, 'video/webm')
    await assert.rejects(missing)
  })

  test(`${adapter}: more, fewer or other bytes than announced are refused, and nothing of them is kept`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const key = freshKey()
    const sha256 = createHash('sha256').update(hello).digest('hex')
    const ticket = await blobs.signUpload({ ...text, key, size: 5, sha256 })
    assert.equal(await isTaken(put(ticket, Buffer.from('hello!'))), false)
    assert.equal(await isTaken(put(ticket, Buffer.from('hell'))), false)
    assert.equal(await isTaken(put(ticket, Buffer.from('hellO'))), false)
    assert.equal(await isTaken(put(ticket, hello, { 'content-type': 'text/html' })), false)
    assert.equal(await isTaken(put(ticket, randomBytes(5 * 1024 * 1024))), false)
    assert.equal(await blobs.stat(key), undefined)
    assert.ok(await isTaken(put(ticket, hello)))
  })

  test(`${adapter}: a URL serves its key, its method and its time alone`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const [key, other] = [freshKey(), freshKey()]
    await blobs.write(other, hello, 'text/plain')
    const ticket = await blobs.signUpload({ ...text, key, size: 5 })
    assert.equal(await isTaken(put({ ...ticket, url: ticket.url.replace(key, other) }, Buffer.from('HELLO'))), false)
    assert.equal(await isTaken(fetch(ticket.url)), false)
    assert.equal(await isTaken(put({ ...ticket, url: `${ticket.url}x` }, hello)), false)
    assert.equal(await isTaken(put({ ...ticket, url: ticket.url.split('?')[0] ?? '' }, hello)), false)
    assert.deepEqual(await readAll(blobs, other), hello)
    const brief = await blobs.signUpload({ ...text, key, size: 5, expiresInSeconds: 1 })
    await pause(2_000)
    assert.equal(await isTaken(put(brief, hello)), false)
    const url = await blobs.signDownload({ ...download, key: other })
    assert.equal(await isTaken(put({ method: 'PUT', headers: {}, url }, hello)), false)
    assert.equal(await blobs.stat(key), undefined)
  })

  test(`${adapter}: a copy stays as it is when its original is put again`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const [staging, kept] = [freshKey(), `objects/${randomUUID()}`]
    const ticket = await blobs.signUpload({ ...text, key: staging, size: 5 })
    await put(ticket, hello)
    assert.equal(await blobs.copy(staging, kept), true)
    assert.ok(await isTaken(put(ticket, Buffer.from('other'))))
    assert.deepEqual(await readAll(blobs, kept), hello)
    assert.deepEqual(await readAll(blobs, staging), Buffer.from('other'))
    await blobs.remove([staging])
    assert.equal(await blobs.copy(staging, kept), false)
    assert.deepEqual(await readAll(blobs, kept), hello)
  })

  test(`${adapter}: a form puts exactly the bytes that it is for`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const key = freshKey()
    assert.equal(await isTaken(sendForm(blobs, key, Buffer.from('hello!'))), false)
    assert.equal(await isTaken(sendForm(blobs, key, Buffer.from('hell'))), false)
    const sha256 = createHash('sha256').update(hello).digest('hex')
    assert.equal(await isTaken(sendForm(blobs, key, Buffer.from('hellO'), sha256)), false)
    assert.equal(await blobs.stat(key), undefined)
    assert.ok(await isTaken(sendForm(blobs, key, hello, sha256)))
    assert.deepEqual(await readAll(blobs, key), hello)
    assert.ok(await isTaken(sendForm(blobs, key, Buffer.from('other'))))
  })

  test(`${adapter}: parts come in any order, again, and exactly as announced; together they are one blob`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const upload = await blobs.beginParts({ key: freshKey(), contentType: 'video/mp4' })
    const [first, second] = [randomBytes(5 * 1024 * 1024), randomBytes(1_000)]
    const sign = (part: number, { length: size }: Buffer) =>
      blobs.signPart({ ...upload, part, size, expiresInSeconds: 60 })
    assert.ok(await isTaken(put(await sign(2, second), second)))
    assert.equal(await isTaken(put(await sign(1, first), second)), false)
    assert.ok(await isTaken(put(await sign(1, first), randomBytes(first.length))))
    assert.ok(await isTaken(put(await sign(1, first), first)))
    assert.equal(await blobs.stat(upload.key), undefined)
    assert.equal(await blobs.finishParts(upload), true)
    assert.ok((await readAll(blobs, upload.key)).equals(Buffer.concat([first, second])))
    assert.equal(await blobs.finishParts(upload), false)
    assert.ok((await readAll(blobs, upload.key)).length > first.length)
  })

  test(`${adapter}: an upload in parts that is given up leaves nothing`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const upload = await blobs.beginParts({ key: freshKey(), contentType: 'video/mp4' })
    await put(await blobs.signPart({ ...upload, part: 1, size: 5, expiresInSeconds: 60 }), hello)
    await blobs.abortParts(upload)
    await blobs.abortParts(upload)
    assert.equal(await blobs.finishParts(upload), false)
    assert.equal(await blobs.stat(upload.key), undefined)
  })

  test(`${adapter}: uploads in parts are told until they are finished or given up`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const begin = async () => {
      const upload = await blobs.beginParts({ key: freshKey(), contentType: 'video/mp4' })
      await put(await blobs.signPart({ ...upload, part: 1, size: 5, expiresInSeconds: 60 }), hello)
      return upload
    }
    const [open, finished, givenUp] = [await begin(), await begin(), await begin()]
    await blobs.finishParts(finished)
    await blobs.abortParts(givenUp)
    const told = await collect(blobs.listParts())
    assert.deepEqual(
      told.map(({ key, uploadId }) => ({ key, uploadId })),
      [open],
    )
    assert.ok(Math.abs((told[0]?.modifiedAt.getTime() ?? 0) - Date.now()) < 60_000)
  })

  test(`${adapter}: a download has its safe name and type, and gives the part that is asked for`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const key = `objects/${randomUUID()}`
    await blobs.write(key, Buffer.from('0123456789'), 'application/octet-stream')
    const url = await blobs.signDownload({ ...download, key })
    const whole = await fetch(url)
    assert.equal(await whole.text(), '0123456789')
    assert.equal(whole.headers.get('content-type'), 'text/plain')
    assert.equal(
      whole.headers.get('content-disposition'),
      `attachment; filename="Gr__e.txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt`,
    )
    for (const [range, expected] of [
      ['bytes=2-4', '234'],
      ['bytes=7-', '789'],
      ['bytes=-2', '89'],
    ] as const) {
      const part = await fetch(url, { headers: { range } })
      assert.deepEqual([part.status, await part.text()], [206, expected])
    }
    const beyond = await fetch(url, { headers: { range: 'bytes=10-' } })
    assert.equal(beyond.status, 416)
    const etag = whole.headers.get('etag') ?? ''
    assert.equal((await fetch(url, { headers: { 'if-none-match': etag } })).status, 304)
    const gone = await blobs.signDownload({ ...download, key: `objects/${randomUUID()}` })
    assert.equal((await fetch(gone)).status, 404)
  })

  test(`${adapter}: what is written stays its writer's`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const [key, bytes] = [freshKey(), Buffer.alloc(100_000, 'x')]
    await blobs.write(key, bytes, 'text/plain')
    assert.equal(bytes.length, 100_000)
    assert.deepEqual(await readAll(blobs, key), bytes)
  })

  test(`${adapter}: a list tells everything under a prefix, and what is removed is gone from it`, async (t) => {
    const { blobs } = await openStore[adapter](t)
    const prefix = `list-${randomUUID()}/`
    const keys = Array.from({ length: 5 }, (_, index) => `${prefix}${index}/part-${index}`)
    for (const key of keys) await blobs.write(key, hello, 'text/plain')
    await blobs.write(`${prefix.slice(0, -1)}x/other`, hello, 'text/plain')
    const listed = async () => {
      const found: string[] = []
      for await (const { key, size, modifiedAt } of blobs.list(prefix)) {
        assert.equal(size, 5)
        assert.ok(Math.abs(modifiedAt.getTime() - Date.now()) < 60_000)
        found.push(key)
      }
      return found.toSorted()
    }
    assert.deepEqual(await listed(), keys)
    await blobs.remove([...keys.slice(1), `${prefix}absent`])
    assert.deepEqual(await listed(), keys.slice(0, 1))
    await blobs.remove([])
  })

  test(`${adapter}: requests are counted by what they were for and how they ended`, async (t) => {
    const { blobs, metrics } = await openStore[adapter](t)
    await blobs.stat(freshKey())
    const { values } = await metrics.minioRequests.get()
    const count = (operation: string, status: string) =>
      values.find(({ labels }) => labels.operation === operation && labels.status === status)?.value
    assert.deepEqual([count('stat', 'success'), count('stat', 'failure'), count('copy', 'success')], [1, 0, 0])
    assert.equal((await metrics.minioCircuitBreakerState.get()).values[0]?.value, 0)
  })
}
