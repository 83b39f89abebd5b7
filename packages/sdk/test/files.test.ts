import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, suite, test } from 'node:test'
import { suiteScope, until } from '@secureconnect/test/helpers'
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
