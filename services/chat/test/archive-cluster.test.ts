import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { onlyAtFullSize } from '@secureconnect/test/helpers'
import { type CassandraCluster, ownCassandraCluster } from '@secureconnect/test/stack'
import { Client } from 'cassandra-driver'
import { forgetLog, isArchived, list, type Room, send } from './archived-room.ts'
import { createGroup } from './groups.ts'
import { createPerson, startChat } from './test-chat.ts'
import { until } from './until.ts'

const copies = 3
const texts = ['one', 'two', 'three', 'four']
const meetWithinMs = 60_000

/** What docs/operations.md has an operator do: each node has all logins, and chat-service one of its own. */
async function prepare(t: TestContext, { hosts, port, user, password, dataCenter }: CassandraCluster) {
  const client = new Client({
    contactPoints: [...hosts],
    protocolOptions: { port },
    localDataCenter: dataCenter,
    credentials: { username: user, password },
  })
  t.after(() => client.shutdown())
  await client.connect()
  const areAllUp = () => client.hosts.values().filter((host) => host.isUp()).length === copies
  await until('all nodes know each other', areAllUp, meetWithinMs)
  await client.execute(
    `alter keyspace system_auth with replication = {'class': 'NetworkTopologyStrategy', '${dataCenter}': ${copies}}`,
  )
  const login = { name: 'secureconnect', password: randomBytes(16).toString('hex') }
  await client.execute(
    `create role ${login.name} with password = '${login.password}' and superuser = true and login = true`,
  )
  return {
    CASSANDRA_HOSTS: hosts.join(','),
    CASSANDRA_PORT: String(port),
    CASSANDRA_DATA_CENTER: dataCenter,
    CASSANDRA_REPLICATION_FACTOR: String(copies),
    CASSANDRA_USER: login.name,
    CASSANDRA_PASSWORD: login.password,
  }
}

async function assertOlderRead(room: Room): Promise<void> {
  await forgetLog(room)
  await until('older messages are read', async () => (await list(room)).status === 200)
  const { data } = await list(room)
  assert.deepEqual(
    data.messages.map(({ content }) => content).filter((content) => texts.includes(String(content))),
    texts.toReversed(),
  )
}

test(
  'of three nodes one may die: older messages are read and newer ones archived; with two dead they wait for them',
  onlyAtFullSize('three nodes of Cassandra start'),
  async (t) => {
    const cluster = await ownCassandraCluster(t)
    const chat = await startChat(t, 'postgres', await prepare(t, cluster))
    const person = await createPerson(chat)
    const room = { chat, person, conversationId: await createGroup(chat, person) }
    for (const text of texts) await send(room, text)
    await until('they are archived', () => isArchived(room), 60_000)
    const [, second, third] = cluster.nodes

    await second.kill()
    await assertOlderRead(room)
    await send(room, 'with two nodes')
    await until('what is sent now is archived as well', () => isArchived(room), 30_000)

    await third.kill()
    await forgetLog(room)
    await until('nobody guesses', async () => (await list(room)).code === 'HISTORY_UNAVAILABLE', 30_000)
    await send(room, 'with one node')

    await Promise.all([second.restart(), third.restart()])
    await until('nothing waits any more', () => isArchived(room), 60_000)
    await assertOlderRead(room)
  },
)
