import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { messages } from '@secureconnect/protocol'
import { ownPostgresServer, ownRedisServer } from '@secureconnect/test/stack'
import { createRoom } from './create-room.ts'
import { listEvents } from './list-events.ts'
import { type Chat, call, createPerson, onServers, type Person, startChatOn } from './test-chat.ts'

const count = 20

function send(chat: Chat, { token }: Person, conversation_id: string, client_id: string) {
  const body = { conversation_id, client_id, content: client_id, message_type: 'text' }
  return call(chat, messages.send, { token, body })
}

/** As clients do: again until it is there. */
async function insist(chat: Chat, person: Person, conversationId: string, clientId: string): Promise<void> {
  while ((await send(chat, person, conversationId, clientId)).status !== 201) await delay(50)
}

async function contentsOf({ context }: Chat, conversationId: string) {
  const events = await listEvents(context.sql, { conversationId })
  return events.map(({ content }) => content)
}

for (const fault of ['kill', 'freeze'] as const) {
  test(`while SQL is away (${fault}) sends are refused for now, and once it is back each is there once`, async (t) => {
    const server = await ownPostgresServer(t)
    const redis = await ownRedisServer(t)
    const chat = await startChatOn(t, await onServers(server, redis))
    const person = await createPerson(chat)
    const room = await createRoom(chat, [person])
    await insist(chat, person, room, 'before')

    await server[fault]()
    const clientIds = Array.from({ length: count }, () => randomUUID())
    const refused = await Promise.all(clientIds.map((id) => send(chat, person, room, id)))
    for (const { status, code, headers } of refused) {
      assert.deepEqual([status, code], [503, 'SERVICE_UNAVAILABLE'])
      const retryAfter = Number(headers.get('retry-after'))
      assert.ok(retryAfter >= 1 && retryAfter <= 5, `Retry-After: ${retryAfter}`)
    }

    if (fault === 'kill') await server.restart()
    else await server.thaw()
    await Promise.all(clientIds.map((id) => insist(chat, person, room, id)))
    assert.deepEqual((await contentsOf(chat, room)).toSorted(), ['before', ...clientIds].toSorted())
  })

  test(`while Redis is away (${fault}) sends go on, and say that it is`, async (t) => {
    const redis = await ownRedisServer(t)
    const chat = await startChatOn(t, await onServers(await ownPostgresServer(t), redis))
    const person = await createPerson(chat)
    const room = await createRoom(chat, [person])
    await redis[fault]()
    const clientIds = Array.from({ length: count }, () => randomUUID())
    const sent = await Promise.all(clientIds.map((id) => send(chat, person, room, id)))
    assert.ok(sent.every(({ status }) => status === 201))
    let degraded = await send(chat, person, room, 'again')
    while (degraded.headers.get('degraded') !== 'redis') {
      degraded = await send(chat, person, room, 'again')
      await delay(50)
    }
    assert.equal((await contentsOf(chat, room)).length, count + 1)
  })
}
