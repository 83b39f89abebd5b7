import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { newId } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { createRandom, type Random, scale } from '@secureconnect/test/helpers'
import { ownRedisServer } from '@secureconnect/test/stack'
import { Redis } from 'ioredis'
import { ChaosClient } from './chaos-client.ts'
import { prepareProcesses } from './chat-process.ts'
import { createRoom } from './create-room.ts'
import { listEvents } from './list-events.ts'
import { createPerson, onServers, startChatOn } from './test-chat.ts'

const stormMs = 6_000
/** What is committed reaches everybody within this, once nothing breaks any more. */
const calmMs = 20_000

/** Two processes and a Redis that die and come back, and clients who live with it. */
async function startStorm(t: TestContext, random: Random) {
  const database = await createMigratedDatabase(t)
  const redis = await ownRedisServer(t)
  const chat = await startChatOn(t, await onServers(database, redis))
  const people = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
  const conversationId = await createRoom(chat, people)
  const startProcess = await prepareProcesses(t, database, { redis })
  const processes = await Promise.all([startProcess(), startProcess()])
  const addresses = () => processes.map(({ address }) => address)
  const clients = people.map((person) => new ChaosClient({ person, conversationId, addresses, random }))
  const store = new Redis({ ...redis, lazyConnect: true, retryStrategy: () => 100, maxRetriesPerRequest: 0 })
  store.on('error', () => undefined)
  t.after(() => store.disconnect())

  const faults = [
    async () => random.pick(clients).loseSocket(),
    async () => {
      const victim = random.pick([0, 1] as const)
      processes[victim].child.kill('SIGKILL')
      processes[victim] = await startProcess()
    },
    async () => {
      await redis.kill()
      await delay(300 + random.upTo(500))
      await redis.restart()
    },
    async () => void (await store.flushall().catch(() => undefined)),
    async () => {
      await redis.freeze()
      await delay(300 + random.upTo(500))
      await redis.thaw()
    },
  ]
  return { chat, conversationId, clients, breakSomething: () => random.pick(faults)() }
}

async function runStorm(t: TestContext, seed: number): Promise<void> {
  const random = createRandom(seed)
  const { chat, conversationId, clients, breakSomething } = await startStorm(t, random)
  const following = clients.map((client) => client.follow())
  const endAt = performance.now() + stormMs
  const sending = clients.map(async (client) => {
    while (performance.now() < endAt) {
      await client.send(newId())
      await delay(random.upTo(40))
    }
  })
  let broken = 0
  while (performance.now() < endAt) {
    broken += 1
    await breakSomething()
    await delay(random.upTo(400))
  }
  await Promise.all(sending)

  const log = await listEvents(chat.context.sql, { conversationId })
  const lastSeq = log.at(-1)?.seq ?? 0
  const calm = AbortSignal.timeout(calmMs)
  while (clients.some((client) => client.lastSeq < lastSeq) && !calm.aborted) await delay(20)
  for (const client of clients) client.stop()
  await Promise.all(following)

  const sent = clients.flatMap((client) => client.sent)
  const acknowledged = new Map(clients.flatMap((client) => [...client.acknowledged]))
  t.diagnostic(`${log.length} messages, ${sent.length - acknowledged.size} not acknowledged, ${broken} faults`)
  const seqs = log.map(({ seq }) => seq)
  assert.deepEqual(
    seqs,
    Array.from({ length: log.length }, (_, index) => index + 1),
  )
  for (const client of clients) {
    assert.deepEqual(
      client.events.map(({ seq }) => seq),
      seqs,
    )
    assert.deepEqual(
      client.events.map(({ data }) => 'content' in data && data.content),
      log.map(({ content }) => content),
    )
  }
  const stored = new Map(log.map(({ content, message_id }) => [content, message_id]))
  for (const [clientId, messageId] of acknowledged) assert.equal(stored.get(clientId), messageId)
  // What nobody was answered for is there once or not at all.
  assert.equal(stored.size, log.length)
  assert.deepEqual(new Set(stored.keys()).difference(new Set(sent)), new Set())
}

for (let run = 0; run < scale(25); run++) {
  const seed = Number(process.env.CHAOS_SEED ?? randomInt(2 ** 31))
  test(`what clients were told equals the log, whatever broke meanwhile (CHAOS_SEED=${seed})`, async (t) => {
    await runStorm(t, seed)
  })
}
