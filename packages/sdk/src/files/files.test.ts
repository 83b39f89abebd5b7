import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { ConnectionError } from '../errors.ts'
import type { Rest } from '../rest.ts'
import { createFiles } from './files.ts'

async function serve(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The operations of the service that this needs; no other is called. */
function standFor(operations: object): Pick<Rest, 'files'> {
  return { files: operations } as Pick<Rest, 'files'>
}

const letters = 'abcdefghijkl'
const partSizes = [5, 5, 2]

/** A store whose URLs take one part and have expired then, and that hangs up on the second part once. */
async function startStore(t: TestContext) {
  const taken = new Map<string, string[]>()
  const usedTickets = new Set<string>()
  const keys: string[] = []
  let isBroken = false
  const url = await serve(t, async (request, response) => {
    const [, ticket = '', part = ''] = (request.url ?? '').split('/')
    if (part === '2' && !isBroken) {
      isBroken = true
      return request.socket.destroy()
    }
    const body = await text(request)
    if (usedTickets.has(ticket)) return response.writeHead(403).end()
    usedTickets.add(ticket)
    taken.set(part, [...(taken.get(part) ?? []), body])
    return response.end()
  })
  const rest = standFor({
    async beginUpload(_announced: object, { idempotencyKey }: { idempotencyKey: string }) {
      const ticket = keys.push(idempotencyKey)
      const parts = partSizes.map((size, index) => {
        return { part: index + 1, size, upload_url: `${url}/${ticket}/${index + 1}`, headers: {} }
      })
      return { file_id: 'a-file', upload_url: null, headers: {}, parts }
    },
    completeUpload: async ({ file_id }: { file_id: string }) => ({ file_id }),
  })
  return { rest, taken, keys }
}

test('a large file goes on with the part that is missing, by new URLs where the old ones have expired', async (t) => {
  const { rest, taken, keys } = await startStore(t)
  const told: number[] = []
  const bytes = new Blob([letters])
  const file = await createFiles(rest).upload({ name: 'film', bytes }, { onProgress: (sent) => told.push(sent) })
  assert.equal(file.file_id, 'a-file')
  assert.deepEqual(Object.fromEntries(taken), { 1: ['abcde'], 2: ['fghij'], 3: ['kl'] })
  assert.equal(new Set(keys).size, 1, 'all of it is one upload')
  assert.equal(told.at(-1), letters.length)
})

test('bytes that a store refuses from the beginning are not sent for ever', async (t) => {
  const url = await serve(t, (_request, response) => response.writeHead(403).end())
  const part = { part: 1, size: letters.length, upload_url: url, headers: {} }
  const ended: object[] = []
  const rest = standFor({
    beginUpload: async () => ({ file_id: 'a-file', upload_url: null, parts: [part] }),
    delete: async (file: object) => ended.push(file),
  })
  await assert.rejects(createFiles(rest).upload({ name: 'film', bytes: new Blob([letters]) }), /status 403/)
  assert.deepEqual(ended, [{ file_id: 'a-file' }], 'nor is room kept for them')
})

test('a download that breaks off says so', async (t) => {
  const download_url = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-length': letters.length }).write('abc')
    setImmediate(() => response.destroy())
  })
  const rest = standFor({ getDownload: async () => ({ download_url }) })
  await assert.rejects(createFiles(rest).download('a-file'), ConnectionError)
})
