import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { messages } from '@secureconnect/protocol'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { scale } from '@secureconnect/test/helpers'
import { prepareProcesses } from './chat-process.ts'
import { createRoom } from './create-room.ts'
import { listEvents } from './list-events.ts'
import { call, createPerson, onServers, type Person, startChatOn } from './test-chat.ts'

const wrongClock = import.meta.resolve('@secureconnect/test/wrong-clock')
const dayMs = 86_400_000

/** Two processes of chat-service of which one is a day and an hour ahead of the database and the other as much behind. */
async function startSkewed(t: TestContext) {
  const database = await createMigratedDatabase(t)
  const chat = await startChatOn(t, await onServers(database))
  const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
  const conversationId = await createRoom(chat, [ada, bob])
  const startProcess = await prepareProcesses(t, database)
  const start = async (shiftMs: number) => {
    const started = await startProcess({ NODE_OPTIONS: `--import=${wrongClock}?ms=${shiftMs}` })
    // Each process judges tokens by its own clock, so people bring each the one that is good there.
    const tokenOf = (person: Person) => chat.mint(person, { secondsAgo: -shiftMs / 1_000 })
    return { address: started.address, tokenOf }
  }
  const hourMs = 3_600_000
  const [ahead, behind] = await Promise.all([start(dayMs + hourMs), start(-dayMs - hourMs)])
  return { chat, ada, bob, conversationId, ahead, behind }
}

type Skewed = Awaited<ReturnType<typeof startSkewed>>
type At = Skewed['ahead']

async function send({ chat, ada, conversationId }: Skewed, content: string) {
  const body = { conversation_id: conversationId, content, message_type: 'text' } as const
  const { status, data } = await call(chat, messages.send, { token: ada.token, body })
  assert.equal(status, 201)
  return data
}

const edit = (at: At, person: Person, message_id: string, content: string) =>
  call(at, messages.edit, { token: at.tokenOf(person), params: { message_id }, body: { content } })

const remove = (at: At, person: Person, message_id: string) =>
  call(at, messages.delete, { token: at.tokenOf(person), params: { message_id } })

const read = (at: At, person: Person, conversation_id: string, seq: number) =>
  call(at, messages.read, { token: at.tokenOf(person), body: { conversation_id, seq } })

test('a day for changes is one by the database, at a process that is ahead and at one that is behind', async (t) => {
  const skewed = await startSkewed(t)
  const { ada, ahead, behind, chat } = skewed
  const [young, old] = [await send(skewed, 'young'), await send(skewed, 'old')]
  await chat.context.sql.execute`
    update conversation_log set created_at = created_at - interval '24 hours 1 minute' where message_id = ${old.message_id}`
  for (const at of [ahead, behind]) {
    assert.equal((await edit(at, ada, young.message_id, `at ${at.address}`)).status, 200)
    assert.equal((await edit(at, ada, old.message_id, 'late')).code, 'FORBIDDEN')
  }
})

test('edits and deletions that race at two processes with wrong clocks bring nothing back, and delete once', async (t) => {
  const skewed = await startSkewed(t)
  const { chat, ada, ahead, behind, conversationId } = skewed
  for (let round = 0; round < scale(50, 10); round += 1) {
    const { message_id, seq } = await send(skewed, `first ${round}`)
    const [one, other] = round % 2 === 0 ? [ahead, behind] : [behind, ahead]
    const answers = await Promise.all([
      edit(one, ada, message_id, `second ${round}`),
      remove(other, ada, message_id),
      edit(other, ada, message_id, `third ${round}`),
      remove(one, ada, message_id),
    ])
    for (const { status, error } of answers) assert.ok(status === 200 || status === 409, JSON.stringify(error))
    for (const at of [ahead, behind]) {
      assert.equal((await edit(at, ada, message_id, 'back')).code, 'CONFLICT')
      const again = await remove(at, ada, message_id)
      assert.equal(again.data.deleted_at, answers[1]?.data.deleted_at)
      const shown = await call(at, messages.get, { token: at.tokenOf(ada), params: { message_id } })
      assert.equal(shown.data.content, null)
    }
    const events = await listEvents(chat.context.sql, { conversationId, afterSeq: seq - 1 })
    const kinds = events.map(({ kind }) => kind)
    assert.equal(kinds.indexOf('message.deleted'), kinds.length - 1, kinds.join())
    assert.ok(events.every(({ content }) => content === null))
  }
})

test('how far somebody has read never moves back, whichever process hears of it, and whatever its clock says', async (t) => {
  const skewed = await startSkewed(t)
  const { bob, ahead, behind, conversationId } = skewed
  const count = 30
  for (let n = 0; n < count; n += 1) await send(skewed, `text ${n}`)
  let most = 0
  for (let round = 0; round < scale(50, 10); round += 1) {
    const seqs = [ahead, behind, ahead, behind].map((at) => ({ at, seq: 1 + Math.floor(Math.random() * count) }))
    const answers = await Promise.all(seqs.map(({ at, seq }) => read(at, bob, conversationId, seq)))
    for (const [index, { data }] of answers.entries()) {
      assert.ok(data.read_seq >= Math.max(most, seqs[index]?.seq ?? 0))
    }
    most = Math.max(most, ...seqs.map(({ seq }) => seq))
    for (const at of [ahead, behind]) {
      const { data } = await read(at, bob, conversationId, 1)
      assert.deepEqual([data.read_seq, data.unread_count], [most, count - most])
    }
  }
})
