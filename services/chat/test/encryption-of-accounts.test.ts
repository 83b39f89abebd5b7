import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { findExport, startErasure, startExport, tellAccountNews, writeExport } from '@secureconnect/account-jobs'
import { devices, keyBackup, limits } from '@secureconnect/protocol'
import { column } from '@secureconnect/sql'
import { Type } from 'typebox'
import { restoreChat } from '../src/restore/restore-chat.ts'
import { createRoom } from './create-room.ts'
import { claim, registerDevice, signInAgain, startDevice, upload } from './device-keys.ts'
import { listEvents } from './list-events.ts'
import { commit, createCommit, createSealedGroup, getConversation, sendSealed } from './sealed-groups.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { until } from './until.ts'

const Count = Type.Object({ count: column.integer })
const Position = Type.Object({ last_position: column.integer })
const order = ['chat-service'] as const

const save = (chat: Chat, { token }: Person, base_version: number, backup: string) =>
  call(chat, keyBackup.save, { token, body: { base_version, backup } })
const load = (chat: Chat, { token }: Person) => call(chat, keyBackup.get, { token })
const listDevices = async (chat: Chat, { token }: Person) => (await call(chat, devices.list, { token })).data.devices
const backup = () => randomBytes(300).toString('base64')

const tell = ({ context: { sql, kv } }: Chat, news: 'banned' | 'reclaimed', { userId }: Person) =>
  sql.transaction((tx) => tellAccountNews(tx, { news, userId }, kv))

for (const engine of engines) {
  suite(`what is kept for people's encryption on ${engine}`, () => {
    const shared = shareChat(engine)

    test('a key backup is replaced by the one that follows it and no other, and the same again is no fault', async () => {
      const chat = shared()
      const [ada, eve] = [await createPerson(chat), await createPerson(chat)]
      assert.equal((await load(chat, ada)).code, 'NOT_FOUND')
      assert.equal((await save(chat, ada, 1, backup())).code, 'CONFLICT')
      const [first, second] = [backup(), backup()]
      assert.deepEqual(
        [(await save(chat, ada, 0, first)).data.version, (await save(chat, ada, 0, first)).status],
        [1, 200],
      )
      assert.equal((await save(chat, ada, 0, second)).code, 'CONFLICT')
      const two = await save(chat, ada, 1, second)
      assert.deepEqual((await save(chat, ada, 1, second)).data, two.data)
      assert.deepEqual((await load(chat, ada)).data, { ...two.data, backup: second })
      const many = await Promise.all(Array.from({ length: 10 }, () => save(chat, ada, 2, backup())))
      assert.equal(many.filter(({ status }) => status === 200).length, 1)
      assert.equal((await load(chat, eve)).code, 'NOT_FOUND')
      const most = 'AAAA'.repeat(limits.keyBackupCharacters / 4)
      assert.equal((await save(chat, eve, 0, most)).status, 200)
      assert.equal((await save(chat, eve, 1, `${most}AAAA`)).code, 'VALIDATION_ERROR')
      assert.equal((await save(chat, eve, 1, 'no base64')).code, 'VALIDATION_ERROR')
    })

    test('an export has one’s devices and key backup; an erasure leaves nothing of them', async () => {
      const chat = shared()
      const { sql, kv } = chat.context
      const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
      const { userId } = ada
      const id = await createSealedGroup(chat, bob, [ada])
      const { device_id, given } = await startDevice(chat, ada)
      await claim(chat, bob, [ada])
      const secret = backup()
      await save(chat, ada, 0, secret)
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
      assert.deepEqual([key_backup[0].version, key_backup[0].backup], [1, secret])

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
      await save(chat, ada, 0, backup())
      await delay(5)
      await tell(chat, 'reclaimed', ada)
      await until('the device is gone', async () => (await listDevices(chat, ada)).length === 0)
      assert.equal((await load(chat, ada)).code, 'NOT_FOUND')
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
