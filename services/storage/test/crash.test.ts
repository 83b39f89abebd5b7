import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { files } from '@secureconnect/protocol'
import type { Sql } from '@secureconnect/sql'
import { scale } from '@secureconnect/test/helpers'
import { createGround } from './ground.ts'
import { assertConsistent, reconcile } from './reconcile.ts'
import { announce, call, complete, createPerson, download, type Person, pixel, put } from './test-storage.ts'

/** More than one upload and its deletion take, with all that follows them. */
const stepsOfOne = 34

type At = { address: string; sql: Sql; ada: Person }

async function uploadOne(at: At): Promise<string> {
  const { data } = await announce(at, at.ada, { file_size: pixel.length, content_type: 'image/png' })
  await put(data, pixel)
  const { status } = await complete(at, at.ada, data.file_id)
  assert.equal(status, 200)
  return data.file_id
}

/** Until nothing waits any more that could be done now. */
async function waitForEffects({ sql, address }: At): Promise<void> {
  while ((await sql.execute`select from outbox where due_at <= now() and lease_until is null`) > 0) {
    await fetch(`${address}/health`)
    await pause(20)
  }
}

/** Uploads one file that stays and one that goes; answers those that are to be there, as far as the process came. */
async function live(at: At, noteKept: (fileId: string) => void): Promise<void> {
  noteKept(await uploadOne(at))
  const fileId = await uploadOne(at)
  await waitForEffects(at)
  await call(at, files.delete, { token: at.ada.token, params: { file_id: fileId } })
  await waitForEffects(at)
}

test('whatever step of uploading and deleting a process is killed at, nothing is left over and nothing is lost', async (t) => {
  const ground = await createGround(t)
  const { sql } = ground
  const count = scale(stepsOfOne, 4)
  const kept: { ada: Person; fileId: string }[] = []
  let deaths = 0
  for (let index = 0; index < count; index++) {
    const ada = await createPerson(ground)
    const dying = await ground.start(1 + Math.floor((index * stepsOfOne) / count))
    const at = { address: dying.address, sql, ada }
    await live(at, (fileId) => kept.push({ ada, fileId })).catch((error: unknown) => {
      // Its address answers no more: that is what this is about.
      if (!(error instanceof TypeError)) throw error
      deaths += 1
    })
    dying.child.kill('SIGKILL')
    await dying.ended
  }
  assert.ok(deaths > 0, 'a process died under way')
  const storage = await ground.recover()
  await reconcile(storage)
  await assertConsistent(storage)
  for (const { ada, fileId } of kept) assert.deepEqual((await download(storage, ada, fileId)).bytes, pixel)
})
