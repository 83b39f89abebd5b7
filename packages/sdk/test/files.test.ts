import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, suite, test } from 'node:test'
import { suiteScope, until } from '@secureconnect/test/helpers'
import { createEncryptedFiles } from '../src/encryption/encrypted-files.ts'
import { ApiError } from '../src/index.ts'
import { signUp, startSystem } from './system.ts'

suite('files of the SDK', () => {
  const scope = suiteScope()
  let address: string
  before(async () => {
    address = await startSystem(scope)
  })

  test('a file goes up and comes down as it was, and both tell how far they are', async (t) => {
    const client = await signUp(t, address)
    const bytes = new Blob([randomBytes(3_000_000)])
    const told: number[][] = [[], []]
    const file = await client.files.upload(
      { name: 'noise.bin', bytes },
      { onProgress: (sent, of) => told[0]?.push(sent, of) },
    )
    assert.deepEqual(
      [file.file_name, file.file_size, file.content_type],
      ['noise.bin', 3_000_000, 'application/octet-stream'],
    )
    const got = await client.files.download(file.file_id, { onProgress: (sent, of) => told[1]?.push(sent, of) })
    assert.deepEqual(Buffer.from(await got.arrayBuffer()), Buffer.from(await bytes.arrayBuffer()))
    for (const numbers of told) {
      assert.ok(numbers.length > 4, 'progress is told more than once')
      assert.deepEqual(numbers.slice(-2), [3_000_000, 3_000_000])
    }
  })

  test('a file for an encrypted conversation is sealed before it leaves, and opened by what its message says of it', async (t) => {
    const client = await signUp(t, address)
    const files = createEncryptedFiles(client.files)
    const bytes = new Blob(['a canary in the harbour'.repeat(5_000)], { type: 'text/plain' })
    const { conversation_id: conversationId } = await client.rest.conversations.create({
      type: 'group',
      title: 'Sealed',
      participant_ids: [],
      is_e2ee_enabled: true,
    })
    await assert.rejects(client.files.upload({ name: 'canary.txt', bytes, conversationId }), { code: 'E2EE_REQUIRED' })
    const file = await files.upload({ name: 'canary.txt', bytes, conversationId })
    assert.deepEqual([file.name, file.type, file.size], ['canary.txt', 'text/plain', bytes.size])
    const known = await client.rest.files.get({ file_id: file.fileId })
    assert.deepEqual([known.file_name, known.content_type], ['encrypted', 'application/octet-stream'])
    assert.ok(!(await (await client.files.download(file.fileId)).text()).includes('canary'))
    const got = await files.download(file)
    assert.deepEqual([got.type, await got.text()], [bytes.type, await bytes.text()])
    const other = await files.upload({ name: 'another', bytes })
    await assert.rejects(files.download({ ...file, fileId: other.fileId }), { name: 'TamperedError' })
  })

  test('what is refused is told, and what is aborted ends', async (t) => {
    const client = await signUp(t, address)
    const page = new Blob(['<script>'], { type: 'image/png' })
    await assert.rejects(client.files.upload({ name: 'x.png', bytes: page }), (error) => {
      assert.ok(error instanceof ApiError)
      return error.code === 'CHECKSUM_MISMATCH'
    })
    const aborting = new AbortController()
    const onProgress = () => aborting.abort(new Error('no longer wanted'))
    const bytes = new Blob([randomBytes(3_000_000)])
    const { signal } = aborting
    await assert.rejects(client.files.upload({ name: 'x', bytes }, { onProgress, signal }), /no longer wanted/)
    // What was given up keeps no room.
    await until('nothing is reserved', async () => (await client.rest.files.getQuota()).reserved === 0)
  })
})
