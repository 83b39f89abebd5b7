import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileCheckTopic } from '@secureconnect/directory'
import { enqueueLatest } from '@secureconnect/outbox'
import { files } from '@secureconnect/protocol'
import type { Sql } from '@secureconnect/sql'
import { scale } from '@secureconnect/test/helpers'
import { createGround } from './ground.ts'
import { assertConsistent, reconcile } from './reconcile.ts'
import { announce, call, complete, createPerson, download, type Person, put, upload } from './test-storage.ts'

const actsPerKill = 40
const actors = 8
/** So many that few have all the uploads in progress that they may have. */
const crowd = 40

type Announced = { person: Person; fileId: string; text: string }
type World = {
  address: string
  sql: Sql
  people: Person[]
  announced: Announced[]
  /** Those that were made, and that nobody has begun to remove. */
  kept: Set<Announced>
}

const pick = <T>(values: readonly T[]): T | undefined => values[Math.floor(Math.random() * values.length)]

async function completeOne(world: World, file: Announced): Promise<void> {
  const { status } = await complete(world, file.person, file.fileId)
  if (status === 200 && world.announced.includes(file)) world.kept.add(file)
}

/** From now on a file may or may not be there. */
function letGo(world: World, file: Announced): void {
  world.announced = world.announced.filter((other) => other !== file)
  world.kept.delete(file)
}

type Act = (world: World) => Promise<void>

/** Some are left without their bytes, some are not completed, and some bytes are those of a picture that is none. */
const begin: Act = async (world) => {
  const person = pick(world.people)
  if (!person) return
  const isWrong = Math.random() < 0.2
  const text = pick(['hello', 'world']) ?? ''
  const { status, data } = await announce(world, person, { content_type: isWrong ? 'image/png' : 'text/plain' })
  if (status !== 201) return
  const file = { person, fileId: data.file_id, text }
  world.announced.push(file)
  if (Math.random() < 0.8) await put(data, text)
  if (Math.random() < 0.7) await completeOne(world, file)
}

const completeTwice: Act = async (world) => {
  const file = pick(world.announced)
  if (file) await Promise.all([completeOne(world, file), completeOne(world, file)])
}

const remove: Act = async (world) => {
  const file = pick(world.announced)
  if (!file) return
  letGo(world, file)
  await call(world, files.delete, { token: file.person.token, params: { file_id: file.fileId } })
}

/** As when the last message goes that showed a file. */
const drop: Act = async (world) => {
  const file = pick([...world.kept].filter((kept) => world.announced.includes(kept)))
  if (!file) return
  letGo(world, file)
  await world.sql.transaction((tx) => enqueueLatest(tx, fileCheckTopic, [{ key: file.fileId, payload: {} }]))
}

const acts = [begin, begin, begin, begin, completeTwice, remove, drop]

/** Acts that end with the process that they asked are over. */
async function act(world: World): Promise<void> {
  await pick(acts)?.(world).catch((error: unknown) => {
    if (!(error instanceof TypeError)) throw error
  })
}

test('however people act at once, and processes die, quotas and objects are those of the files, and none is lost', async (t) => {
  const ground = await createGround(t)
  const people = await Promise.all(Array.from({ length: crowd }, () => createPerson(ground)))
  const keeper = await createPerson(ground)
  const world: World = { address: '', sql: ground.sql, people, announced: [], kept: new Set() }
  for (let left = scale(1_000, 3 * actsPerKill); left > 0; left -= actsPerKill) {
    const dying = await ground.start()
    world.address = dying.address
    // One of each life that nobody touches.
    world.kept.add({ person: keeper, fileId: await upload(world, keeper), text: 'hello' })
    let acted = 0
    const living = Array.from({ length: actors }, async () => {
      while (acted < actsPerKill) {
        acted += 1
        if (acted === actsPerKill - actors) dying.child.kill('SIGKILL')
        await act(world)
      }
    })
    await Promise.all(living)
    await dying.ended
  }
  const storage = await ground.recover()
  await reconcile(storage)
  await assertConsistent(storage)
  for (const { person, fileId, text } of world.kept) {
    assert.equal(String((await download(storage, person, fileId)).bytes), text)
  }
})
