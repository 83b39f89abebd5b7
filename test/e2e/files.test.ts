import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ApiError, type Client, createClient } from '@secureconnect/sdk'
import { startPreparedSystem } from '@secureconnect/test/embedded'
import { objectStore } from '@secureconnect/test/stack'
import { createProcessEnv, startProcessSystem } from './processes.ts'
import { newPerson } from './slice.ts'

/** The gateway of a system whose bytes are in a folder, and of one with a real S3 server. */
const systems: Readonly<Record<string, (t: TestContext) => Promise<string>>> = {
  'one process, on disk': async (t) => (await startPreparedSystem(t)).address,
  'five processes, on an S3 store': async (t) => {
    const { host, port, accessKey, secretKey, region } = await objectStore()
    const store = { S3_URL: `http://${host}:${port}`, S3_REGION: region, S3_BUCKET: `files-${randomUUID()}` }
    const keys = { MINIO_ACCESS_KEY: accessKey, MINIO_SECRET_KEY: secretKey }
    const system = await startProcessSystem(t, { ...(await createProcessEnv(t)), ...store, ...keys })
    return system['api-gateway'].address
  },
}

async function enter(t: TestContext, address: string): Promise<Client> {
  const client = createClient({ address })
  t.after(() => client.close())
  await client.register(newPerson())
  return client
}

const hashOf = async (bytes: Blob) =>
  createHash('sha256')
    .update(await bytes.bytes())
    .digest('hex')

for (const [name, start] of Object.entries(systems)) {
  test(`a large file and a photo reach the other member whole, and no stranger, until they are deleted (${name})`, async (t) => {
    const address = await start(t)
    const [ada, bob, eve] = [await enter(t, address), await enter(t, address), await enter(t, address)]
    const participant_ids = [String(bob.userId)]
    const { conversation_id } = await ada.rest.conversations.create({ type: 'direct', participant_ids })

    const large = new Blob([randomBytes(40 * 1024 * 1024)])
    const told: number[] = []
    const sha256 = await hashOf(large)
    const options = { onProgress: (bytes: number) => told.push(bytes) }
    const file = await ada.files.upload({ name: 'film.bin', bytes: large, sha256 }, options)
    assert.ok(told.length > 10 && told.at(-1) === large.size)
    const { default: sharp } = await import('sharp')
    const drawn = sharp({ create: { width: 1_200, height: 800, channels: 3, background: 'teal' } })
    const photo = new Blob([Uint8Array.from(await drawn.jpeg().toBuffer())], { type: 'image/jpeg' })
    const picture = await ada.files.upload({ name: 'harbour.jpg', bytes: photo })

    const file_ids = [file.file_id, picture.file_id]
    const body = { conversation_id, content: 'Look', message_type: 'image', file_ids } as const
    const { message_id } = await ada.rest.messages.send(body)
    const { messages } = await bob.rest.messages.list({ conversation_id })
    assert.deepEqual(messages[0]?.file_ids, file_ids)
    assert.equal(await hashOf(await bob.files.download(file.file_id)), sha256)
    assert.equal(await hashOf(await bob.files.download(picture.file_id)), await hashOf(photo))
    const look = () => bob.rest.files.get({ file_id: picture.file_id })
    while (!(await look()).has_preview) await pause(50)
    const { width, height } = await look()
    assert.deepEqual([width, height], [1_200, 800])

    const isMissing = (error: unknown) => error instanceof ApiError && error.code === 'FILE_NOT_FOUND'
    await assert.rejects(eve.files.download(file.file_id), isMissing)
    await ada.rest.messages.delete({ message_id })
    await assert.rejects(bob.files.download(file.file_id), isMissing)
    // Nothing shows them any more, so they go by themselves.
    while ((await ada.rest.files.getQuota()).used > 0) await pause(50)
  })
}
