import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import type { SendMessage } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { scale } from '@secureconnect/test/helpers'
import { createDraft, type Draft } from '../src/log/draft.ts'
import type { Sent } from '../src/log/send-batch.ts'
import { createRoom } from './create-room.ts'
import { listEvents } from './list-events.ts'
import { type Chat, createPerson, engines, type Person, shareChat } from './test-chat.ts'

function draft(conversationId: string, sender: Person, more: Partial<SendMessage> = {}): Draft {
  const body = { conversation_id: conversationId, content: 'hello', message_type: 'text', ...more } as const
  return createDraft({ body, senderId: sender.userId })
}

const codeOf = (sent: Sent) => (sent.kind === 'refused' ? sent.error.code : sent.kind)

async function seqsOf({ context }: Chat, conversationId: string): Promise<number[]> {
  const events = await listEvents(context.sql, { conversationId })
  return events.map(({ seq }) => seq)
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

for (const engine of engines) {
  suite(`sends on ${engine}`, () => {
    const shared = shareChat(engine)

    test('what many send at once into several conversations has no hole and no double', async () => {
      const chat = shared()
      const people = await Promise.all(upTo(3).map(() => createPerson(chat)))
      const rooms = await Promise.all(upTo(5).map(() => createRoom(chat, people)))
      const each = scale(40)
      const sends = rooms.flatMap((room) => people.flatMap((person) => upTo(each).map(() => draft(room, person))))
      const sent = await Promise.all(sends.map((one) => chat.context.lanes.send(one)))
      assert.ok(sent.every(({ kind }) => kind === 'sent'))
      for (const room of rooms) assert.deepEqual(await seqsOf(chat, room), upTo(each * people.length))
    })

    test('a repeated send finds the first, also beside it, and another body is refused', async () => {
      const chat = shared()
      const person = await createPerson(chat)
      const room = await createRoom(chat, [person])
      const client_id = randomUUID()
      const { lanes } = chat.context
      // The first keeps the lane busy, so that the others share a batch.
      const [, first, second, other] = await Promise.all([
        lanes.send(draft(room, person)),
        lanes.send(draft(room, person, { client_id })),
        lanes.send(draft(room, person, { client_id })),
        lanes.send(draft(room, person, { client_id, content: 'something else' })),
      ])
      assert.ok(first?.kind === 'sent' && second?.kind === 'repeated' && other)
      assert.equal(second.messageId, first.event.message_id)
      assert.equal(codeOf(other), 'IDEMPOTENCY_MISMATCH')
      const later = await lanes.send(draft(room, person, { client_id }))
      assert.deepEqual(later, { kind: 'repeated', messageId: first.event.message_id })
      assert.equal(
        codeOf(await lanes.send(draft(room, person, { client_id, content: 'else' }))),
        'IDEMPOTENCY_MISMATCH',
      )
      assert.deepEqual(await seqsOf(chat, room), [1, 2])
    })

    test('two people may use the same client id', async () => {
      const chat = shared()
      const people = await Promise.all([createPerson(chat), createPerson(chat)])
      const room = await createRoom(chat, people)
      const sent = await Promise.all(
        people.map((one) => chat.context.lanes.send(draft(room, one, { client_id: 'same' }))),
      )
      assert.deepEqual(sent.map(codeOf), ['sent', 'sent'])
    })

    test('who may not send is refused, and whoever sends beside him is not', async () => {
      const chat = shared()
      const { lanes, sql } = chat.context
      const [member, former, stranger] = await Promise.all([createPerson(chat), createPerson(chat), createPerson(chat)])
      const room = await createRoom(chat, [member, former])
      await sql.execute`update members set left_at = now() where user_id = ${former.userId}`
      const sent = await Promise.all([
        lanes.send(draft(room, member)),
        lanes.send(draft(room, stranger)),
        lanes.send(draft(room, former)),
        lanes.send(draft(newId(), member)),
        lanes.send(draft(room, member)),
      ])
      const none = 'CONVERSATION_NOT_FOUND'
      assert.deepEqual(sent.map(codeOf), ['sent', none, none, none, 'sent'])
      assert.deepEqual(await seqsOf(chat, room), [1, 2])
    })

    test('a block ends a direct conversation both ways and leaves groups alone', async () => {
      const chat = shared()
      const { lanes, sql } = chat.context
      const [alice, bob] = await Promise.all([createPerson(chat), createPerson(chat)])
      const direct = await createRoom(chat, [alice, bob], { type: 'direct' })
      const group = await createRoom(chat, [alice, bob])
      await sql.execute`insert into blocks (user_id, blocked_id) values (${alice.userId}, ${bob.userId})`
      const drafts = [draft(direct, alice), draft(direct, bob), draft(group, alice), draft(group, bob)]
      const sent = await Promise.all(drafts.map((one) => lanes.send(one)))
      assert.deepEqual(sent.map(codeOf), ['BLOCKED', 'BLOCKED', 'sent', 'sent'])
    })

    test('an encrypted conversation takes encrypted messages only, and a plain one none', async () => {
      const chat = shared()
      const person = await createPerson(chat)
      const [plain, sealed] = await Promise.all([
        createRoom(chat, [person]),
        createRoom(chat, [person], { isEncrypted: true }),
      ])
      const encrypted = { is_encrypted: true, group_epoch: 0, content: Buffer.from('x').toString('base64') }
      const drafts = [draft(sealed, person, encrypted), draft(sealed, person), draft(plain, person, encrypted)]
      const sent = await Promise.all(drafts.map((one) => chat.context.lanes.send(one)))
      assert.deepEqual(sent.map(codeOf), ['sent', 'E2EE_REQUIRED', 'VALIDATION_ERROR'])
    })

    test('a file goes with a message of whoever may read it', async () => {
      const chat = shared()
      const { lanes, sql } = chat.context
      const [owner, reader, stranger] = await Promise.all([createPerson(chat), createPerson(chat), createPerson(chat)])
      const room = await createRoom(chat, [owner, reader])
      const others = await createRoom(chat, [reader, stranger])
      const [file, gone] = [newId(), newId()]
      await sql.execute`
      insert into files (file_id, owner_id, state)
      values (${file}, ${owner.userId}, ${'live'}), (${gone}, ${owner.userId}, ${'deleted'})`
      const send = async (one: Draft) => codeOf(await lanes.send(one))
      assert.equal(await send(draft(room, reader, { file_ids: [file] })), 'FILE_NOT_FOUND')
      assert.equal(await send(draft(room, owner, { file_ids: [gone] })), 'FILE_NOT_FOUND')
      assert.equal(await send(draft(room, owner, { file_ids: [newId()] })), 'FILE_NOT_FOUND')
      assert.equal(await send(draft(room, owner, { file_ids: [file] })), 'sent')
      assert.equal(await send(draft(others, stranger, { file_ids: [file] })), 'FILE_NOT_FOUND')
      assert.equal(await send(draft(others, reader, { file_ids: [file] })), 'sent')
      assert.equal(await send(draft(others, stranger, { file_ids: [file] })), 'sent')
    })

    test('what the database refuses takes nothing else with it', async () => {
      const chat = shared()
      const { lanes } = chat.context
      const person = await createPerson(chat)
      const room = await createRoom(chat, [person])
      const poison = { ...draft(room, person), content: 'never \u0000 stored' }
      const results = await Promise.allSettled([
        lanes.send(draft(room, person)),
        lanes.send(draft(room, person)),
        lanes.send(poison),
        lanes.send(draft(room, person)),
      ])
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
      )
      assert.deepEqual(await seqsOf(chat, room), [1, 2, 3])
    })

    test('a lane holds a thousand who wait and refuses the next with a word', async () => {
      const chat = shared()
      const person = await createPerson(chat)
      const room = await createRoom(chat, [person])
      const sends = upTo(1_400).map(async () => chat.context.lanes.send(draft(room, person)))
      const results = await Promise.allSettled(sends)
      const refused = results.filter((one) => one.status === 'rejected')
      assert.ok(
        refused.length > 0 && refused.every(({ reason }) => reason.code === 'CAPACITY' && reason.retryAfterMs > 0),
      )
      assert.deepEqual(await seqsOf(chat, room), upTo(1_400 - refused.length))
    })

    test("a message lives as long as the shorter of its own time and the conversation's", async () => {
      const chat = shared()
      const person = await createPerson(chat)
      const room = await createRoom(chat, [person], { ttlSeconds: 60 })
      const lives = await Promise.all(
        [{}, { expires_in_seconds: 30 }, { expires_in_seconds: 90 }].map(async (more) => {
          const sent = await chat.context.lanes.send(draft(room, person, more))
          assert.ok(sent.kind === 'sent')
          const { expires_at, created_at } = sent.event
          return Math.round(((expires_at?.getTime() ?? 0) - created_at.getTime()) / 1_000)
        }),
      )
      assert.deepEqual(lives, [60, 30, 60])
    })
  })
}
