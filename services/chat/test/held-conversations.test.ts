import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createDraft } from '../src/log/draft.ts'
import { sendBatch } from '../src/log/send-batch.ts'
import { lockHeads } from '../src/stores/conversation-log.ts'
import { createRoom } from './create-room.ts'
import { listEvents } from './list-events.ts'
import { createPerson, type Person, shareChat } from './test-chat.ts'

function draft(conversation_id: string, { userId }: Person, content = 'hello') {
  return createDraft({ body: { conversation_id, content, message_type: 'text' }, senderId: userId })
}

suite('conversations that somebody else has locked', () => {
  const shared = shareChat('postgres')

  /** As many conversations as there are lanes and one more: two of them at least are in one lane. */
  async function createRooms() {
    const chat = shared()
    const person = await createPerson(chat)
    const rooms = await Promise.all([1, 2, 3, 4, 5].map(() => createRoom(chat, [person])))
    return { chat, person, rooms }
  }

  async function createRoomsOfOneLane(person: Person, count: number): Promise<string[]> {
    const lanes = new Map<number, string[]>()
    for (;;) {
      const room = await createRoom(shared(), [person])
      const lane = Number.parseInt(room.slice(-1), 16) % 4
      const rooms = [...(lanes.get(lane) ?? []), room]
      if (rooms.length === count) return rooms
      lanes.set(lane, rooms)
    }
  }

  /** Locks conversations until it is told to let go. */
  async function hold(conversationIds: readonly string[]) {
    const [locked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const done = shared().context.sql.transaction(async (tx) => {
      await lockHeads(tx, conversationIds)
      locked.resolve()
      await released.promise
    })
    await locked.promise
    return async () => {
      released.resolve()
      await done
    }
  }

  test('one that is held for long keeps nobody waiting who sends elsewhere, and its own sends stay in order', async () => {
    const { chat, person, rooms } = await createRooms()
    const [held = '', ...others] = rooms
    const { lanes, sql } = chat.context
    const release = await hold([held])
    const contents = Array.from({ length: 20 }, (_, n) => `text ${n}`)
    const rounds = ['late 1', 'late 2', 'late 3']
    let isSent = false
    const own = contents.map((content) => lanes.send(draft(held, person, content)))
    const all = Promise.all(own).then(() => {
      isSent = true
    })
    for (const round of rounds) {
      const sent = await Promise.all(others.map((room) => lanes.send(draft(room, person))))
      assert.ok(sent.every(({ kind }) => kind === 'sent'))
      own.push(lanes.send(draft(held, person, round)))
    }
    assert.equal(isSent, false)
    await release()
    await all
    await Promise.all(own)
    const events = await listEvents(sql, { conversationId: held })
    assert.deepEqual(
      events.map(({ content }) => content),
      [...contents, ...rounds],
    )
  })

  test('where several are held, each is sent to once it is free, whichever is waited for', async () => {
    const { chat, person, rooms } = await createRooms()
    const { lanes } = chat.context
    const releases = []
    for (const room of rooms) releases.push(await hold([room]))
    const sends = rooms.map((room) => lanes.send(draft(room, person)))
    for (const [index, release] of [...releases.entries()].toReversed()) {
      await release()
      // Another one of its lane may be waited for at this moment.
      assert.equal((await sends[index])?.kind, 'sent')
    }
  })

  test('however much waits for conversations that are held, a third one of their lane is sent to', async () => {
    const chat = shared()
    const { lanes, sql } = chat.context
    const person = await createPerson(chat)
    const [awaited = '', held = '', free = ''] = await createRoomsOfOneLane(person, 3)
    const release = await hold([awaited, held])
    // More than go together.
    const contents = Array.from({ length: 250 }, (_, n) => `text ${n}`)
    const own = [lanes.send(draft(awaited, person))]
    for (const content of contents) own.push(lanes.send(draft(held, person, content)))
    const sent = await Promise.race([lanes.send(draft(free, person)), delay(1_500)])
    await release()
    assert.equal(sent?.kind, 'sent')
    await Promise.all(own)
    const events = await listEvents(sql, { conversationId: held })
    assert.deepEqual(
      events.map(({ content }) => content),
      contents,
    )
  })

  test('of sends that are left out nothing is looked up, and they are counted once they are stored', async () => {
    const { chat, person, rooms } = await createRooms()
    const { sql, lanes, metrics } = chat.context
    const readBatches = async () => {
      const { values } = await metrics.sendLaneBatchSize.get()
      const read = (name: string) => values.find(({ metricName }) => metricName?.endsWith(name))?.value ?? 0
      return { batches: read('_count'), stored: read('_sum') }
    }
    const [held = '', free = ''] = rooms
    const before = await readBatches()
    const release = await hold([held])
    const send = lanes.send(draft(held, person))
    let queries = 0
    const sent = await sql.transaction((tx) => {
      const countIn = <Q extends Pick<typeof tx, 'many'>>(asked: Q): Q => ({
        ...asked,
        many: (schema) => {
          queries += 1
          return asked.many(schema)
        },
      })
      return sendBatch(
        { ...countIn(tx), prepared: countIn(tx.prepared) },
        { drafts: [draft(held, person)], waits: false },
      )
    })
    await lanes.send(draft(free, person))
    await release()
    await send
    assert.deepEqual(sent, [{ kind: 'held' }])
    assert.equal(queries, 2, 'which conversations are free, and whether the others are there')
    const { batches, stored } = await readBatches()
    assert.deepEqual({ batches: batches - before.batches, stored: stored - before.stored }, { batches: 2, stored: 2 })
  })

  test('a conversation that there is not is refused as such, also beside one that is held', async () => {
    const { chat, person, rooms } = await createRooms()
    const release = await hold(rooms)
    const nowhere = rooms[0]?.replace(/^.{4}/, 'ffff') ?? ''
    const sends = rooms.map((room) => chat.context.lanes.send(draft(room, person)))
    const refused = await chat.context.lanes.send(draft(nowhere, person))
    assert.ok(refused.kind === 'refused' && refused.error.code === 'CONVERSATION_NOT_FOUND')
    await release()
    for (const sent of await Promise.all(sends)) assert.equal(sent.kind, 'sent')
  })
})
