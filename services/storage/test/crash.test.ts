import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { files, limits } from '@secureconnect/protocol'
import type { Sql } from '@secureconnect/sql'
import { scale } from '@secureconnect/test/helpers'
import { createGround } from './ground.ts'
import { assertConsistent, reconcile } from './reconcile.ts'
import {
  announce,
  call,
  complete,
  createPerson,
  download,
  type Person,
  pixel,
  put,
  putParts,
  type Store,
} from './test-storage.ts'

type At = { address: string; sql: Sql; ada: Person }

/** What is asked of a process until it dies: an upload that stays, of which it is told, and one that goes. */
type Life = {
  stores: readonly Store[]
  /** More than all of it takes, with what follows. */
  steps: number
  bytes: Buffer
  live(at: At, noteKept: (fileId: string) => void): Promise<void>
}

async function completeOne(at: At, fileId: string): Promise<void> {
  const { status } = await complete(at, at.ada, fileId)
  assert.equal(status, 200)
}

async function uploadOne(at: At): Promise<string> {
  const { data } = await announce(at, at.ada, { file_size: pixel.length, content_type: 'image/png' })
  await put(data, pixel)
  await completeOne(at, data.file_id)
  return data.file_id
}

async function remove(at: At, fileId: string): Promise<void> {
  await call(at, files.delete, { token: at.ada.token, params: { file_id: fileId } })
}

/** Until nothing waits any more that could be done now. */
async function waitForEffects({ sql, address }: At): Promise<void> {
  while ((await sql.execute`select from outbox where due_at <= now() and lease_until is null`) > 0) {
    await fetch(`${address}/health`)
    await pause(20)
  }
}

/** Of two parts. */
const large = Buffer.alloc(limits.uploadPartBytes + 1_000, 'x')

const lives: Readonly<Record<string, Life>> = {
  'uploading and deleting': {
    stores: ['disk'],
    steps: 46,
    bytes: pixel,
    async live(at, noteKept) {
      noteKept(await uploadOne(at))
      const fileId = await uploadOne(at)
      await waitForEffects(at)
      await remove(at, fileId)
      await waitForEffects(at)
    },
  },
  'uploading in parts, and giving that up,': {
    stores: ['disk', 's3'],
    steps: 40,
    bytes: large,
    async live(at, noteKept) {
      const announced = { file_size: large.length, content_type: 'application/octet-stream' }
      const { data: kept } = await announce(at, at.ada, announced)
      await putParts(kept, large)
      await completeOne(at, kept.file_id)
      noteKept(kept.file_id)
      const { data: givenUp } = await announce(at, at.ada, announced)
      await putParts({ ...givenUp, parts: givenUp.parts?.slice(1) ?? null }, large)
      await remove(at, givenUp.file_id)
      await waitForEffects(at)
    },
  },
}

for (const [name, { stores, steps, bytes, live }] of Object.entries(lives)) {
  for (const store of stores) {
    test(`whatever step of ${name} a process is killed at, nothing is left over and nothing is lost (${store})`, async (t) => {
      const ground = await createGround(t, store)
      const { sql } = ground
      const count = scale(steps, 4)
      const kept: { ada: Person; fileId: string }[] = []
      let deaths = 0
      for (let index = 0; index < count; index++) {
        const ada = await createPerson(ground)
        const dying = await ground.start(1 + Math.floor((index * steps) / count))
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
      for (const { ada, fileId } of kept) {
        const { code, bytes: found } = await download(storage, ada, fileId)
        assert.deepEqual([code, found?.equals(bytes)], [undefined, true])
      }
    })
  }
}
