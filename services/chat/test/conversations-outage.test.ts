import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  commits,
  conversations,
  devices,
  keyBackup,
  keys,
  moderation,
  notifications,
  type Operation,
  presence,
  push,
  reports,
  search,
} from '@secureconnect/protocol'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { createInput, sendOperation } from '@secureconnect/test/helpers'
import { ownPostgresServer, ownRedisServer } from '@secureconnect/test/stack'
import { createGroup } from './groups.ts'
import { createAdministrator, createScene, fixtures, namedValues } from './scene.ts'
import { type Chat, call, createPerson, onServers, type Person, startChatOn } from './test-chat.ts'

const talk = [conversations, notifications, push, search, moderation, reports]
const encryption = [commits, devices, keys, keyBackup]
// What is configured is told without the database.
const operations = [...talk, ...encryption]
  .flatMap((group) => Object.values<Operation>(group))
  .filter((operation) => operation !== push.webApp)

async function see(chat: Chat, { token }: Person, { userId }: Person) {
  const { data, headers } = await call(chat, presence.list, { token, query: { user_ids: userId } })
  return { status: data.presence[0]?.status, degraded: headers.get('degraded') }
}

for (const fault of ['kill', 'freeze'] as const) {
  test(`while SQL is away (${fault}) conversations, devices and keys answer 503 and when to come back, and are whole once it is`, async (t) => {
    const server = await ownPostgresServer(t)
    const chat = await startChatOn(t, await onServers(server, await ownRedisServer(t)))
    const scene = await createScene(chat)
    const admin = await createAdministrator(chat)
    await server[fault]()
    const ask = async (operation: Operation) => {
      const known = fixtures[operation.name]?.input?.(scene) ?? {}
      const input = createInput(operation, { ...known, named: namedValues(scene) })
      const { token } = operation.caller === 'admin' ? admin : scene.owner
      const answer = await sendOperation(chat.address, operation, { input, token })
      const retryAfter = Number(answer.headers.get('retry-after'))
      assert.deepEqual([answer.status, answer.code], [503, 'SERVICE_UNAVAILABLE'], `${operation.name} ${answer.text}`)
      assert.ok(retryAfter >= 1 && retryAfter <= 5, `${operation.name}: ${retryAfter}`)
    }
    await Promise.all(operations.map(ask))
    if (fault === 'kill') await server.restart()
    else await server.thaw()
    const { owner, member, groupId } = scene
    const get = () => call(chat, conversations.get, { token: owner.token, params: { conversation_id: groupId } })
    let answer = await get()
    for (; answer.status === 503; answer = await get()) await sleep(100)
    assert.deepEqual([answer.status, answer.data.member_count, answer.data.title], [200, 2, null])
    assert.equal((await call(chat, conversations.list, { token: member.token })).data.conversations.length, 2)
    const find = () => call(chat, search.searchMessages, { token: member.token, query: { q: 'hello' } })
    while ((await find()).data.hits.length < 2) await sleep(100)
  })

  test(`while Redis is away (${fault}) conversations go on, and of people elsewhere nobody claims to know`, async (t) => {
    const redis = await ownRedisServer(t)
    const platform = await onServers(await createMigratedDatabase(t), redis)
    const [here, there] = [await startChatOn(t, platform), await startChatOn(t, platform)]
    const [ada, bob] = [await createPerson(here), await createPerson(here)]
    await call(there, presence.set, { token: bob.token, body: { status: 'online' } })
    assert.deepEqual(await see(here, ada, bob), { status: 'online', degraded: null })
    await redis[fault]()
    assert.ok(await createGroup(here, ada, [bob]))
    while (!here.context.kv.isDegraded || !there.context.kv.isDegraded) await sleep(50)
    await call(there, presence.set, { token: bob.token, body: { status: 'busy' } })
    assert.deepEqual(await see(here, ada, bob), { status: 'unknown', degraded: 'redis' })
    assert.deepEqual(await see(there, ada, bob), { status: 'busy', degraded: 'redis' })
    if (fault === 'kill') await redis.restart()
    else await redis.thaw()
    while (here.context.kv.isDegraded || there.context.kv.isDegraded) await sleep(50)
    await call(there, presence.set, { token: bob.token, body: { status: 'away' } })
    assert.deepEqual(await see(here, ada, bob), { status: 'away', degraded: null })
  })
}
