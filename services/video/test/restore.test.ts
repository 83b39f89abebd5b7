import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { callEventTopic } from '@secureconnect/directory'
import { serverSettings } from '@secureconnect/service'
import { column, connectPostgres, newId } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { surroundings } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { webhookTopic } from '../src/webhooks/tell-webhooks.ts'
import { startCall } from './start-call.ts'
import { act, createCircle, createServerEnv, initiate, onServers, type Person, startVideoOn } from './test-video.ts'
import { startReceiver } from './webhook-receiver.ts'

const script = join(import.meta.dirname, '../restore.ts')
const Count = Type.Object({ count: column.integer })

test('after a restore no call of the backup goes on, people may call again, and no webhook goes out that may have gone out before', async (t) => {
  const database = await createMigratedDatabase(t)
  const platform = await onServers(database)
  const receiver = await startReceiver(t)
  receiver.answer = () => ({ status: 503 })
  const before = await startVideoOn(t, platform, receiver.env)
  const talking = await startCall(before, 2)
  const [ada] = talking.people
  assert.ok(ada)
  const { people, conversationId } = await createCircle(before, 2)
  const ringing = (await initiate(before, people[0], { conversation_id: conversationId })).data.call_id
  const { version } = (await act(before, 'get', ada, talking.callId)).data
  await before.stop()

  const sql = await connectPostgres(parseConfig(serverSettings, { env: await createServerEnv(database) }))
  t.after(() => sql.close())
  // As it was an hour ago, when the backup was taken.
  await sql.execute`
    update calls set created_at = now() - interval '2 hours', answered_at = now() - interval '2 hours'
    where call_id = ${talking.callId}`
  await sql.execute`
    insert into call_rooms (call_id, node, holder, lease_until)
    values (${talking.callId}, 'video-1', ${newId()}, now() - interval '1 hour')`
  await sql.execute`
    insert into video_nodes (holder, node, takes_rooms, load, webhooks) values (${newId()}, 'video-1', true, 0, 'posted')`
  const count = async (topic: string) =>
    (await sql.one(Count)`select count(*) as count from outbox where topic = ${topic}`).count
  const [webhooks, told] = [await count(webhookTopic), await count(callEventTopic)]
  const secrets = { JWT_SECRET: randomBytes(32).toString('base64url') }
  const env = { ...surroundings, ...secrets, ...(await createServerEnv(database)) }
  const restore = () => {
    const { stdout, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' })
    return stdout + stderr
  }
  assert.ok(webhooks > 5)
  assert.equal(restore(), `2 calls were ended, ${webhooks} waiting webhooks dropped.\n`)
  assert.equal(restore(), '0 calls were ended, 0 waiting webhooks dropped.\n')
  assert.equal(await count(callEventTopic), told + 2, 'their conversations hear of it')

  receiver.answer = () => ({ status: 204 })
  receiver.received.length = 0
  const after = await startVideoOn(t, platform, receiver.env)
  const as = (person: Person) => ({ ...person, token: after.mint(person) })
  const { data } = await act(after, 'report', as(ada), talking.callId)
  assert.deepEqual([data.call.status, data.call.end_reason, data.duration_seconds], ['ended', 'server_restart', 3_600])
  assert.ok(data.reported_at !== null)
  assert.ok(data.call.version > version + 1_000, 'no copy in Redis can be of this version')
  const missed = (await act(after, 'get', as(people[1]), ringing)).data
  assert.deepEqual([missed.status, missed.invite_status], ['cancelled', 'cancelled'])
  const again = await initiate(after, as(people[0]), { conversation_id: conversationId })
  assert.equal(again.status, 201)
  await receiver.until((received) => received.length > 0)
  const ids = new Set(receiver.received.map(({ webhook }) => webhook.data.call.call_id))
  assert.deepEqual([...ids], [again.data.call_id])
})
