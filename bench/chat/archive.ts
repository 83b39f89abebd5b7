import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { cassandraServer } from '@secureconnect/test/stack'
import { Client } from 'cassandra-driver'
import { offer } from '../shared/offer.ts'
import { readCounter } from './read-counter.ts'
import { createSend } from './sends.ts'
import type { Person, World } from './world.ts'

const backlog = 20_000
const roomCount = 50
export const archivedBeside = 200

/** Where Cassandra is, with a role of this run's own: the server's first one has a password that no service accepts. */
async function createCassandraEnv(): Promise<Record<string, string>> {
  const { host, port, user, password, dataCenter } = await cassandraServer()
  const credentials = { username: user, password }
  const client = new Client({ contactPoints: [`${host}:${port}`], localDataCenter: dataCenter, credentials })
  const own = { name: `bench_${randomBytes(6).toString('hex')}`, password: randomBytes(16).toString('hex') }
  await client.execute(
    `create role ${own.name} with password = '${own.password}' and superuser = true and login = true`,
  )
  await client.shutdown()
  return {
    CASSANDRA_HOSTS: host,
    CASSANDRA_PORT: `${port}`,
    CASSANDRA_DATA_CENTER: dataCenter,
    CASSANDRA_USER: own.name,
    CASSANDRA_PASSWORD: own.password,
  }
}

export type Archiving = { perSecond: number; cpuUsEach: number; longestLagEvents: number }

/** How fast a backlog gets to Cassandra, and how far the archive is behind while people send. */
export async function measureArchive(world: World, seconds: number): Promise<Archiving> {
  await using stack = new AsyncDisposableStack()
  const people = await world.createPeople(10)
  const [sender] = people as [Person, ...Person[]]
  const rooms = await Promise.all(Array.from({ length: roomCount }, () => world.createGroup(people)))
  await world.fillLogs(rooms, { each: backlog / roomCount, sender })
  const chat = stack.use(await world.startChat(await createCassandraEnv()))
  // The clock runs from the first events that arrive: a new Cassandra gets its tables before.
  let left = backlog
  while (left === backlog) left = await world.countBehind('archive', rooms, 20)
  const [first, startedAt, before] = [left, performance.now(), await chat.usage()]
  while (left > 0) left = await world.countBehind('archive', rooms, 50)
  const perSecond = first / ((performance.now() - startedAt) / 1_000)
  const cpuUsEach = ((await chat.usage()).cpuUs - before.cpuUs) / first

  const send = createSend(
    stack,
    chat,
    rooms.map((conversationId) => ({ conversationId, senders: people })),
  )
  let longestLagEvents = 0
  const sending = offer({ perSecond: archivedBeside, seconds, send })
  for (let second = 0; second < seconds; second++) {
    await delay(1_000)
    longestLagEvents = Math.max(longestLagEvents, await readCounter(chat, 'chat_archive_lag_events', 'chat-service'))
  }
  await sending
  return { perSecond, cpuUsEach, longestLagEvents }
}
