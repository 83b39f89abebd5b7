import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { findExport, startErasure, startExport, tellAccountNews, writeExport } from '@secureconnect/account-jobs'
import { devices } from '@secureconnect/protocol'
import { column } from '@secureconnect/sql'
import { Type } from 'typebox'
import { restoreChat } from '../src/restore/restore-chat.ts'
import { createRoom } from './create-room.ts'
import { claim, registerDevice, signInAgain, startDevice, upload } from './device-keys.ts'
import { findBackup, newBackup, saveBackup } from './key-backups.ts'
import { listEvents } from './list-events.ts'
import { commit, createCommit, createSealedGroup, getConversation, sendSealed } from './sealed-groups.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { until } from './until.ts'

const Count = Type.Object({ count: column.integer })
const Position = Type.Object({ last_position: column.integer })
const order = ['chat-service'] as const

const listDevices = async (chat: Chat, { token }: Person) => (await call(chat, devices.list, { token })).data.devices

const tell = ({ context: { sql, kv } }: Chat, news: 'banned' | 'reclaimed', { userId }: Person) =>
  sql.transaction((tx) => tellAccountNews(tx, { news, userId }, kv))

for (const engine of engines) {
  suite(`what is kept for people's encryption on ${engine}`, () => {
    const shared = shareChat(engine)

    test('an export has one’s devices and key backup; an erasure leaves nothing of them', async () => {
      const chat = shared()
      const { sql, kv } = chat.context
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const { userId } = ada
      const id = await createSealedGroup(chat, bob, [ada])
      const { device_id, given } = await startDevice(chat, ada)
      await claim(chat, bob, [ada])
      const secret = newBackup()
      await saveBackup(chat, ada, secret)
      await sql.transaction((tx) => startExport(tx, { userId, order }, kv))
      await until('the export is there', async () => (await findExport(sql, userId))?.finished_at !== null)
      const job = await findExport(sql, userId)
      assert.ok(job)
      let text = ''
      for await (const part of writeExport(sql, job)) text += part
      const { encryption_devices, key_backup } = JSON.parse(text).sections
      assert.deepEqual(
        encryption_devices.map((one: Record<string, unknown>) => [one.device_id, one.identity_key]),
        [[device_id, given.identity_key]],
      )
      assert.deepEqual(key_backup[0], {
        version: 1,
        kdf: secret.kdf,
        backup: secret.backup,
        updated_at: key_backup[0].updated_at,
      })

      await sql.transaction(async (tx) => {
        await tx.execute`update users set erasing_at = now() where user_id = ${userId}`
        await startErasure(tx, { userId, messages: 'keep', order }, kv)
      })
      const left = () => sql.one(Count)`
        select (select count(*) from devices where user_id = ${userId})
          + (select count(*) from one_time_keys where user_id = ${userId})
          + (select count(*) from handed_out_keys where user_id = ${userId})
          + (select count(*) from key_claims where target_id = ${userId})
          + (select count(*) from key_backups where user_id = ${userId}) as count`
      await until('nothing is left', async () => (await left()).count === 0)
      // Nothing is said there before a commit has taken out the keys of who is gone.
      assert.equal((await getConversation(chat, bob, id)).rekey_required, true)
      assert.equal((await sendSealed(chat, bob, id, 1)).code, 'EPOCH_CONFLICT')
      assert.equal((await commit(chat, bob, id, createCommit(1, { remove_user_ids: [userId] }))).status, 201)
    })

    test('who is banned is out of encrypted conversations at once, and their keys have to change', async () => {
      const chat = shared()
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const rooms = Array.from({ length: 22 }, () => createRoom(chat, [ada, bob], { isEncrypted: true }))
      const ids = await Promise.all(rooms)
      await tell(chat, 'banned', bob)
      const isOut = async (id: string) => (await getConversation(chat, ada, id)).member_count === 1
      await until('he is out everywhere', async () => (await Promise.all(ids.map(isOut))).every(Boolean))
      const [id = ''] = ids
      assert.equal((await getConversation(chat, ada, id)).rekey_required, true)
      const events = await listEvents(chat.context.sql, { conversationId: id })
      assert.deepEqual(
        events.map(({ kind, data }) => [kind, data]),
        [['member.left', { user_id: bob.userId, by: null, reason: 'removed' }]],
      )
    })

    test('who comes to an account by a reset of an unverified address finds no device and backup of anybody else', async () => {
      const chat = shared()
      const { sql } = chat.context
      const ada = await createPerson(chat)
      await startDevice(chat, ada)
      await saveBackup(chat, ada, newBackup())
      await delay(5)
      await tell(chat, 'reclaimed', ada)
      await until('the device is gone', async () => (await listDevices(chat, ada)).length === 0)
      assert.equal((await findBackup(chat, ada)).code, 'NOT_FOUND')
      // What is told late takes nothing that came after it.
      const later = signInAgain(chat, ada)
      await sql.transaction(
        (tx) => tx.execute`
        insert into outbox (outbox_id, topic, key, payload, created_at, due_at)
        values (gen_random_uuid(), ${'account-reclaimed.chat-service'}, ${ada.userId},
          ${JSON.stringify({ user_id: ada.userId })}, clock_timestamp() - interval '1 minute', clock_timestamp())`,
      )
      await registerDevice(chat, later)
      const waiting = () => sql.one(Count)`select count(*) as count from outbox where key = ${ada.userId}`
      await until('it is told', async () => (await waiting()).count === 0)
      assert.equal((await listDevices(chat, later)).length, 1)
    })

    test('after a restore from backup no key goes out that may have gone out before, and queues go on beyond what was', async () => {
      const chat = shared()
      const { sql } = chat.context
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const { given, device_id } = await startDevice(chat, bob)
      const [place] = await sql.many(Position)`select last_position from devices where device_id = ${device_id}`
      await restoreChat(sql)
      const [key] = (await claim(chat, ada, [bob])).data.keys
      assert.equal(key?.is_last_resort, true)
      assert.equal((await upload(chat, bob, given)).data.key_packages, 0)
      const [later] = await sql.many(Position)`select last_position from devices where device_id = ${device_id}`
      assert.ok(place && later && later.last_position > place.last_position + 1_000_000)
    })
  })
}
