import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { messages, notifications } from '@secureconnect/protocol'
import { historyUnavailable } from '../src/errors.ts'
import { dropOldRows } from '../src/stores/old-rows.ts'
import { createGroup } from './groups.ts'
import { countUnread, createQuietGroup, createThree, listNotified, untilArchived, untilNotified } from './notified.ts'
import { call, createPerson, engines, shareChat } from './test-chat.ts'

for (const engine of engines) {
  suite(`lists of notifications on ${engine}`, () => {
    const shared = shareChat(engine)

    test('what somebody turned off, he does not hear of', async () => {
      const chat = shared()
      const [ada, bob, eve] = await createThree(chat)
      const id = await createQuietGroup(chat, ada, [bob, eve])
      const body = { message_enabled: false }
      await call(chat, notifications.setPreferences, { token: bob.token, body })
      const { data } = await call(chat, notifications.setPreferences, {
        token: bob.token,
        body: { system_enabled: false },
      })
      assert.deepEqual([data.message_enabled, data.system_enabled, data.push_enabled], [false, false, true])
      const mention = { conversation_id: id, content: 'bob?', message_type: 'text', mentions: [bob.userId] }
      await call(chat, messages.send, { token: ada.token, body: mention })
      await createGroup(chat, ada, [bob, eve])
      await untilNotified(chat, eve, ['group_added', 'message'])
      assert.deepEqual(await listNotified(chat, bob), [])
    })

    test('hours without pushes need a time zone that there is', async () => {
      const chat = shared()
      const { token } = await createPerson(chat)
      const hours = { from: '22:00', until: '07:00', time_zone: 'Europe/Atlantis' }
      const refused = await call(chat, notifications.setPreferences, { token, body: { quiet_hours: hours } })
      assert.equal(refused.code, 'VALIDATION_ERROR')
      const quiet_hours = { ...hours, time_zone: 'Europe/Berlin' }
      const { data } = await call(chat, notifications.setPreferences, { token, body: { quiet_hours } })
      assert.deepEqual(data.quiet_hours, quiet_hours)
      const off = await call(chat, notifications.setPreferences, { token, body: { quiet_hours: null } })
      assert.equal(off.data.quiet_hours, null)
    })

    test('a notification can be read, removed and read with all others; those of others cannot', async () => {
      const chat = shared()
      const [ada, bob] = await createThree(chat)
      await createGroup(chat, ada, [bob])
      await createGroup(chat, ada, [bob])
      const [newer, older] = await untilNotified(chat, bob, ['group_added', 'group_added'])
      const params = { notification_id: newer?.notification_id ?? '' }
      assert.equal((await call(chat, notifications.read, { token: ada.token, params })).code, 'NOT_FOUND')
      assert.equal((await call(chat, notifications.read, { token: bob.token, params })).status, 200)
      assert.equal(await countUnread(chat, bob), 1)
      assert.equal((await call(chat, notifications.delete, { token: ada.token, params })).code, 'NOT_FOUND')
      assert.equal((await call(chat, notifications.delete, { token: bob.token, params })).status, 200)
      assert.equal((await call(chat, notifications.delete, { token: bob.token, params })).code, 'NOT_FOUND')
      assert.deepEqual(
        (await listNotified(chat, bob)).map(({ notification_id }) => notification_id),
        [older?.notification_id],
      )
      await call(chat, notifications.readAll, { token: bob.token })
      assert.equal(await countUnread(chat, bob), 0)
    })

    test('what only the archive holds is looked up all at once, and comes without words while that is away', async (t) => {
      const chat = shared()
      const [ada, bob] = await createThree(chat)
      const id = await createQuietGroup(chat, ada, [bob])
      const mention = { conversation_id: id, message_type: 'text', mentions: [bob.userId] }
      const texts = ['first', 'second', 'third']
      let last = 0
      for (const content of texts) {
        const { data } = await call(chat, messages.send, { token: ada.token, body: { ...mention, content } })
        last = data.seq
      }
      await untilNotified(chat, bob, ['mention', 'mention', 'mention'])
      await untilArchived(chat, id, last)
      await chat.context.sql.execute`delete from conversation_log where conversation_id = ${id}`
      const load = t.mock.method(chat.context.archive, 'load')
      const textsNow = async () => (await listNotified(chat, bob)).map(({ text }) => text)
      assert.deepEqual(await textsNow(), texts.toReversed())
      assert.equal(load.mock.callCount(), 1)
      load.mock.mockImplementation(async () => {
        throw historyUnavailable(new Error('away'))
      })
      assert.deepEqual(await textsNow(), [null, null, null])
    })

    test('pages follow one another without repeating or leaving out', async () => {
      const chat = shared()
      const [ada, bob] = await createThree(chat)
      for (let count = 0; count < 5; count++) await createGroup(chat, ada, [bob])
      const all = await untilNotified(chat, bob, Array(5).fill('group_added'))
      const paged = []
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const query = { limit: 2, ...(cursor && { cursor }) }
        const { data } = await call(chat, notifications.list, { token: bob.token, query })
        paged.push(...data.notifications)
        cursor = data.next_cursor
      }
      assert.deepEqual(paged, all)
    })

    test('the newest thousand of a person are kept, and none longer than thirty days', async () => {
      const chat = shared()
      const { sql } = chat.context
      const [bob, eve] = await createThree(chat)
      await sql.execute`
        insert into notifications (notification_id, user_id, kind, actor_id, created_at)
        select gen_random_uuid(), ${bob.userId}, 'poll_closed', null, now() - place * interval '1 second'
        from generate_series(1, 1005) as place`
      await sql.execute`
        insert into notifications (notification_id, user_id, kind, actor_id, created_at)
        select gen_random_uuid(), ${eve.userId}, 'poll_closed', null, now() - place * interval '1 day'
        from generate_series(28, 32) as place`
      await dropOldRows(sql, new AbortController().signal)
      assert.deepEqual([await countUnread(chat, bob), await countUnread(chat, eve)], [1_000, 2])
    })
  })
}
