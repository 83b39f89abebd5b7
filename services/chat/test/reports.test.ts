import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { conversations, limits, messages, moderation, reports } from '@secureconnect/protocol'
import { createRoom } from './create-room.ts'
import { findText } from './find-text.ts'
import { createGroup } from './groups.ts'
import { createAdministrator } from './scene.ts'
import { type Chat, call, createPeople, createPerson, engines, type Person, shareChat } from './test-chat.ts'

const reason = 'unkind words'

async function say(chat: Chat, { token }: Person, conversation_id: string, content: string, more: object = {}) {
  const body = { conversation_id, content, message_type: 'text', ...more }
  const { status, data, error } = await call(chat, messages.send, { token, body })
  assert.equal(status, 201, JSON.stringify(error))
  return data.message_id
}

type More = { key?: string; disclosed_content?: string; reason?: string }

const keyed = ({ key, ...more }: More) => ({
  body: { reason, ...more },
  ...(key !== undefined && { headers: { 'idempotency-key': key } }),
})

const reportMessage = (chat: Chat, { token }: Person, message_id: string, more: More = {}) =>
  call(chat, reports.reportMessage, { token, params: { message_id }, ...keyed(more) })
const reportUser = (chat: Chat, { token }: Person, user_id: string, more: More = {}) =>
  call(chat, reports.reportUser, { token, params: { user_id }, ...keyed(more) })
const decide = (chat: Chat, { token }: Person, report_id: string, body: object) =>
  call(chat, moderation.update, { token, params: { report_id }, body })
const list = (chat: Chat, { token }: Person, query: Record<string, string | number> = {}) =>
  call(chat, moderation.list, { token, query })

/** A report as the administrator has it in his queue, on whichever page. */
async function findReport(chat: Chat, admin: Person, reportId: string) {
  let cursor: string | null = null
  do {
    const { data } = await list(chat, admin, { limit: 100, ...(cursor !== null && { cursor }) })
    const found = data.reports.find(({ report_id }) => report_id === reportId)
    if (found) return found
    cursor = data.next_cursor
  } while (cursor !== null)
  throw new Error('the report is not in the queue')
}

async function startScene(chat: Chat) {
  const [ada, bob, admin] = [await createPerson(chat), await createPerson(chat), await createAdministrator(chat)]
  const group = await createGroup(chat, ada, [bob])
  return { ada, bob, admin, group, insult: await say(chat, bob, group, `an insult ${randomUUID()}`) }
}

for (const engine of engines) {
  suite(`reports on ${engine}`, () => {
    const shared = shareChat(engine)

    test('a reported message is in the queue with what it says, and the table of reports does not hold its text', async () => {
      const chat = shared()
      const { ada, bob, admin, group, insult } = await startScene(chat)
      const made = await reportMessage(chat, ada, insult)
      const { report_id, created_at } = made.data
      const { userId: user_id } = bob
      assert.deepEqual(
        [made.status, made.data],
        [201, { report_id, user_id, message_id: insult, reason, status: 'open', created_at }],
      )
      const report = await findReport(chat, admin, report_id)
      assert.deepEqual([report.reporter_id, report.conversation_id, report.note], [ada.userId, group, null])
      const content = report.message?.content ?? ''
      assert.match(content, /^an insult/)
      assert.ok(!(await findText(chat.context.sql, content)).includes('reports'))
    })

    test('once it is deleted nobody reads a reported message, and the report says that there was one', async () => {
      const chat = shared()
      const { ada, bob, admin, insult } = await startScene(chat)
      const { report_id } = (await reportMessage(chat, ada, insult)).data
      await call(chat, messages.delete, { token: bob.token, params: { message_id: insult } })
      const report = await findReport(chat, admin, report_id)
      assert.deepEqual([report.message, report.message_id, report.user_id], [null, insult, bob.userId])
      const late = await say(chat, bob, report.conversation_id ?? '', 'gone soon')
      await call(chat, messages.delete, { token: bob.token, params: { message_id: late } })
      assert.equal((await reportMessage(chat, ada, late)).code, 'CONFLICT')
    })

    test('of an encrypted message its reporter may tell what it says, and that goes when the message goes', async () => {
      const chat = shared()
      const [ada, bob, admin] = [await createPerson(chat), await createPerson(chat), await createAdministrator(chat)]
      const room = await createRoom(chat, [ada, bob], { isEncrypted: true })
      const insult = await say(chat, bob, room, 'aGVsbG8=', { is_encrypted: true, group_epoch: 0 })
      const disclosed_content = `canary-${randomUUID()}`
      const { report_id } = (await reportMessage(chat, ada, insult, { disclosed_content })).data
      assert.equal((await findReport(chat, admin, report_id)).disclosed_content, disclosed_content)
      await call(chat, messages.delete, { token: bob.token, params: { message_id: insult } })
      assert.equal((await findReport(chat, admin, report_id)).disclosed_content, null)
      assert.deepEqual(await findText(chat.context.sql, disclosed_content), [])
      const { insult: plain, ada: reader } = await startScene(chat)
      assert.equal((await reportMessage(chat, reader, plain, { disclosed_content })).code, 'VALIDATION_ERROR')
    })

    test('the same thing is reported once by each until it is decided, also when all requests come at once', async () => {
      const chat = shared()
      const { ada, bob, admin, group, insult } = await startScene(chat)
      const answers = await Promise.all(Array.from({ length: 5 }, () => reportMessage(chat, ada, insult)))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 201])
      const [id, ...others] = new Set(answers.map(({ data }) => data.report_id))
      assert.ok(id && others.length === 0)
      const carol = await createPerson(chat)
      const params = { conversation_id: group }
      await call(chat, conversations.addParticipants, { token: ada.token, params, body: { user_ids: [carol.userId] } })
      const hers = await reportMessage(chat, carol, insult)
      assert.ok(hers.status === 201 && hers.data.report_id !== id, 'somebody else reports it too')
      assert.equal((await reportUser(chat, ada, bob.userId)).status, 201, 'its author is something else')
      assert.equal((await decide(chat, admin, id, { status: 'resolved' })).status, 200)
      const again = await reportMessage(chat, ada, insult)
      assert.ok(again.status === 201 && again.data.report_id !== id)
    })

    test('a repeated request with its key answers its report as it is now, and another body is refused', async () => {
      const chat = shared()
      const { ada, bob, admin } = await startScene(chat)
      const key = randomUUID()
      const first = await reportUser(chat, ada, bob.userId, { key })
      await decide(chat, admin, first.data.report_id, { status: 'dismissed' })
      const repeated = await reportUser(chat, ada, bob.userId, { key })
      assert.deepEqual([repeated.status, repeated.data], [200, { ...first.data, status: 'dismissed' }])
      const other = await reportUser(chat, ada, bob.userId, { key, reason: 'other words' })
      assert.equal(other.code, 'IDEMPOTENCY_MISMATCH')
      assert.equal((await reportUser(chat, ada, admin.userId, { key })).code, 'IDEMPOTENCY_MISMATCH')
    })

    test('one person makes so many reports in a day, also when they come at once', async () => {
      const chat = shared()
      const ada = await createPerson(chat)
      const people = await createPeople(chat, limits.reportsPerDay + 5)
      const answers = await Promise.all(people.map(({ userId }) => reportUser(chat, ada, userId)))
      const codes = answers.map(({ status, code }) => code ?? status)
      assert.equal(codes.filter((code) => code === 201).length, limits.reportsPerDay)
      assert.equal(codes.filter((code) => code === 'LIMIT_REACHED').length, 5)
      await chat.context.sql.execute`
        update reports set created_at = created_at - interval '25 hours' where reporter_id = ${ada.userId}`
      const refused = people[codes.indexOf('LIMIT_REACHED')]
      assert.equal((await reportUser(chat, ada, refused?.userId ?? '')).status, 201)
    })

    test('nobody reports himself, people there are not, or messages that he may not see', async () => {
      const chat = shared()
      const { ada, bob, group, insult } = await startScene(chat)
      const stranger = await createPerson(chat)
      assert.equal((await reportUser(chat, ada, ada.userId)).code, 'VALIDATION_ERROR')
      assert.equal((await reportUser(chat, ada, randomUUID())).code, 'USER_NOT_FOUND')
      assert.equal((await reportMessage(chat, bob, insult)).code, 'VALIDATION_ERROR')
      assert.equal((await reportMessage(chat, stranger, insult)).code, 'MESSAGE_NOT_FOUND')
      assert.equal((await reportMessage(chat, ada, randomUUID())).code, 'MESSAGE_NOT_FOUND')
      const params = { conversation_id: group, user_id: bob.userId }
      const answer = await say(chat, ada, group, 'an answer')
      await call(chat, conversations.removeParticipant, { token: ada.token, params })
      assert.equal((await reportMessage(chat, bob, answer)).code, 'MESSAGE_NOT_FOUND')
      for (const bad of ['no', 'x'.repeat(limits.reasonCharacters.max + 1), 'a\u0000b', 'half \ud800'])
        assert.equal((await reportUser(chat, ada, bob.userId, { reason: bad })).code, 'VALIDATION_ERROR')
      for (const good of ['yes', 'x'.repeat(limits.reasonCharacters.max)])
        assert.ok((await reportUser(chat, ada, bob.userId, { reason: good })).status < 300)
    })

    test('a report goes from open by review to its end, with notes, and never back', async () => {
      const chat = shared()
      const { ada, bob, admin } = await startScene(chat)
      const { report_id } = (await reportUser(chat, ada, bob.userId)).data
      const reviewing = await decide(chat, admin, report_id, { status: 'reviewing', note: 'I am looking' })
      assert.deepEqual([reviewing.data.status, reviewing.data.note], ['reviewing', 'I am looking'])
      assert.equal((await decide(chat, admin, report_id, { status: 'open' })).code, 'CONFLICT')
      const dismissed = await decide(chat, admin, report_id, { status: 'dismissed' })
      const { status, note, handled_by } = dismissed.data
      assert.deepEqual([status, note, handled_by], ['dismissed', 'I am looking', admin.userId])
      for (const later of ['open', 'reviewing', 'resolved'])
        assert.equal((await decide(chat, admin, report_id, { status: later })).code, 'CONFLICT')
      assert.equal((await decide(chat, admin, randomUUID(), { status: 'open' })).code, 'NOT_FOUND')
      assert.equal((await decide(chat, admin, report_id, { status: 'gone' })).code, 'VALIDATION_ERROR')
      assert.equal((await decide(chat, ada, report_id, { status: 'dismissed' })).code, 'FORBIDDEN')
    })

    test('the queue holds each report once, those first that wait longest, and those of one status alone', async () => {
      const chat = shared()
      const { ada, admin } = await startScene(chat)
      const made: string[] = []
      for (let count = 0; count < 7; count++) {
        const { userId } = await createPerson(chat)
        made.push((await reportUser(chat, ada, userId)).data.report_id)
      }
      for (const id of made.slice(0, 3)) await decide(chat, admin, id, { status: 'reviewing' })
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const { data } = await list(chat, admin, { status: 'reviewing', limit: 2, ...(cursor !== null && { cursor }) })
        seen.push(...data.reports.map(({ report_id }) => report_id))
        cursor = data.next_cursor
      } while (cursor !== null)
      assert.deepEqual(
        seen.filter((id) => made.includes(id)),
        made.slice(0, 3),
      )
      assert.equal((await list(chat, admin, { cursor: 'nonsense' })).code, 'INVALID_CURSOR')
    })

    test('what an administrator reads and decides is in the audit, with the messages that he saw', async () => {
      const chat = shared()
      const { ada, admin, insult } = await startScene(chat)
      const { report_id } = (await reportMessage(chat, ada, insult)).data
      await findReport(chat, admin, report_id)
      await decide(chat, admin, report_id, { status: 'resolved' })
      const records = chat.lines.filter((line) => line.stream === 'audit' && line.user_id === admin.userId)
      const told = records.map(({ resource, action, target_id }) => [resource, action, target_id])
      for (const expected of [
        ['report', 'list', null],
        ['report', 'read', report_id],
        ['message', 'read-reported', insult],
        ['report', 'update', report_id],
      ])
        assert.ok(
          told.some((record) => JSON.stringify(record) === JSON.stringify(expected)),
          `${expected}`,
        )
    })
  })
}
