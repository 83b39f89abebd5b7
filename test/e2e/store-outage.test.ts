import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { ApiError, createClient } from '@secureconnect/sdk'
import { readJson, until } from '@secureconnect/test/helpers'
import { mediaWorker, ownObjectStore } from '@secureconnect/test/stack'
import { createProcessEnv, startProcessSystem } from './processes.ts'
import { newPerson } from './slice.ts'

const noticedWithinMs = 30_000

/** All services, and a store for their files that may go and come. */
async function start(t: TestContext) {
  const store = await ownObjectStore(t)
  const { host, port, accessKey, secretKey, region } = store
  const system = await startProcessSystem(t, {
    ...(await createProcessEnv(t)),
    MEDIASOUP_WORKER_BIN: await mediaWorker(),
    S3_URL: `http://${host}:${port}`,
    S3_REGION: region,
    S3_BUCKET: `files-${randomUUID()}`,
    MINIO_ACCESS_KEY: accessKey,
    MINIO_SECRET_KEY: secretKey,
    // Here somebody asks until he is answered otherwise.
    RATELIMIT_DOWNLOADS: '6000',
  })
  await system['video-service'].line(({ message }) => message === 'media worker is there')
  const isHealthy = async () => {
    const { status } = await readJson(await fetch(`${system['storage-service'].address}/health`))
    return status === 'healthy'
  }
  await until('the store is found', isHealthy, noticedWithinMs)
  return { store, address: system['api-gateway'].address }
}

function isRefusedForNow(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'SERVICE_UNAVAILABLE' && error.status === 503
}

test('while the store of files is away people sign up, sign in, write, share files that are there, and call each other', async (t) => {
  const { store, address } = await start(t)
  const open = () => {
    const client = createClient({ address })
    t.after(() => client.close())
    return client
  }
  const [ada, bob] = [open(), open()]
  const { email, password, ...person } = newPerson()
  await ada.register({ email, password, ...person })
  await bob.register(newPerson())
  const participant_ids = [String(bob.userId)]
  const { conversation_id } = await ada.rest.conversations.create({ type: 'direct', participant_ids })
  const { file_id } = await ada.files.upload({ name: 'notes.txt', bytes: new Blob(['hello']) })
  const draft = { conversation_id, message_type: 'file' } as const
  await ada.rest.messages.send({ ...draft, content: 'Look', file_ids: [file_id] })
  const isGiven = () => bob.rest.files.getDownload({ file_id }).then(Boolean, () => false)

  for (const fault of ['kill', 'freeze'] as const) {
    await store[fault]()
    await until('it is known to be away', async () => !(await isGiven()), noticedWithinMs)
    await open().register(newPerson())
    await open().signIn({ email, password })
    await ada.rest.messages.send({ ...draft, content: `${fault}: words` })
    await ada.rest.messages.send({ ...draft, content: `${fault}: a file`, file_ids: [file_id] })
    const { messages } = await bob.rest.messages.list({ conversation_id, limit: 2 })
    assert.deepEqual(
      messages.map(({ content, file_ids }) => [content, file_ids]),
      [
        [`${fault}: a file`, [file_id]],
        [`${fault}: words`, []],
      ],
    )
    const { call_id } = await ada.rest.calls.initiate({ conversation_id, call_type: 'audio' })
    await bob.rest.calls.accept({ call_id })
    assert.equal((await bob.rest.calls.leave({ call_id })).status, 'ended')
    assert.equal((await bob.rest.files.get({ file_id })).status, 'ready')
    await assert.rejects(bob.rest.files.getDownload({ file_id }), isRefusedForNow)
    const announced = { file_name: 'more.txt', file_size: 5, content_type: 'text/plain' }
    await assert.rejects(ada.rest.files.beginUpload(announced), isRefusedForNow)

    if (fault === 'kill') await store.restart()
    else await store.thaw()
    await until('files are given again', isGiven, noticedWithinMs)
    assert.equal(await (await bob.files.download(file_id)).text(), 'hello')
  }
  assert.deepEqual((await ada.rest.files.getQuota()).reserved, 0)
})
