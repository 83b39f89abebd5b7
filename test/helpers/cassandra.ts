import { randomBytes } from 'node:crypto'
import { Client } from 'cassandra-driver'
import { cassandraServer } from '../stack/index.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** A client for what a test itself looks at. */
export async function openCassandra(t: Cleanup): Promise<Client> {
  const { host, port, user, password, dataCenter } = await cassandraServer()
  const client = new Client({
    contactPoints: [`${host}:${port}`],
    localDataCenter: dataCenter,
    credentials: { username: user, password },
  })
  t.after(() => client.shutdown())
  return client
}

/** A user of the shared Cassandra, whose own password is too weak for any configuration; for one test file. */
async function createUser() {
  const name = `chat_${randomBytes(6).toString('hex')}`
  const password = randomBytes(16).toString('hex')
  const stack = new AsyncDisposableStack()
  await using _ = stack
  const client = await openCassandra({ after: (work) => stack.defer(async () => void (await work())) })
  await client.execute(`create role ${name} with password = '${password}' and superuser = true and login = true`)
  return { name, password }
}

let user: ReturnType<typeof createUser> | undefined

/** The settings that lead chat-service to the shared Cassandra, or to a proxy before it. */
export async function cassandraEnv(at?: { host: string; port: number }): Promise<Record<string, string>> {
  user ??= createUser()
  const { name, password } = await user
  const server = await cassandraServer()
  const { host, port } = at ?? server
  return {
    CASSANDRA_HOSTS: host,
    CASSANDRA_PORT: String(port),
    CASSANDRA_DATA_CENTER: server.dataCenter,
    CASSANDRA_USER: name,
    CASSANDRA_PASSWORD: password,
  }
}
