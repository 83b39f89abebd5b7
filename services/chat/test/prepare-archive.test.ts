import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { onlyAtFullSize, ServiceProcess } from '@secureconnect/test/helpers'
import { freePort, ownCassandraServer } from '@secureconnect/test/stack'
import { Client } from 'cassandra-driver'

const script = join(import.meta.dirname, '../prepare-archive.ts')
const own = { username: 'harbour', password: 'seven harbours in the morning fog' }

/** Runs the command as the job of the installation does. */
function prepare(env: Readonly<Record<string, string>>): ServiceProcess {
  const started = new ServiceProcess('chat-service', env, [script])
  after(() => started.child.kill('SIGKILL'))
  return started
}

/** Waits until it says that it tries again, and why. */
async function readReason(started: ServiceProcess): Promise<string> {
  const { message } = await started.line(({ level }) => level === 'warn')
  started.child.kill('SIGKILL')
  return String(message)
}

test(
  'a new Cassandra is taken over once, again without harm, and by nobody who has other secrets; what keeps it from that is told',
  onlyAtFullSize('it starts a Cassandra of its own'),
  async (t) => {
    const { host, port, user, password, dataCenter } = await ownCassandraServer(t)
    const env = {
      CASSANDRA_HOSTS: host,
      CASSANDRA_PORT: String(port),
      CASSANDRA_DATA_CENTER: dataCenter,
      CASSANDRA_USER: own.username,
      CASSANDRA_PASSWORD: own.password,
    }
    const use = async (credentials: { username: string; password: string }) => {
      const client = new Client({ contactPoints: [`${host}:${port}`], localDataCenter: dataCenter, credentials })
      await client.execute('select * from secureconnect.messages').finally(() => client.shutdown())
    }
    const away = prepare({ ...env, CASSANDRA_PORT: String(await freePort()) })
    assert.equal(await readReason(away), 'Cassandra does not answer: trying again')

    for (const time of ['first', 'second']) {
      const { code, stderr } = await prepare(env).ended
      assert.deepEqual([code, stderr], [0, ''], time)
    }
    await use(own)
    await assert.rejects(use({ username: user, password }), { name: 'NoHostAvailableError' })

    const stranger = prepare({ ...env, CASSANDRA_PASSWORD: 'the password of another installation' })
    assert.equal(await readReason(stranger), 'Cassandra takes neither its first login nor ours yet: trying again')

    const elsewhere = prepare({ ...env, CASSANDRA_KEYSPACE: 'another' })
    assert.equal((await elsewhere.ended).code, 1)
    assert.match(JSON.stringify(elsewhere.lines), /could not be prepared/)
    await use(own)
  },
)

test('without a login of its own nothing is begun', async () => {
  const nameless = prepare({ CASSANDRA_HOSTS: '127.0.0.1' })
  assert.equal((await nameless.ended).code, 1)
  assert.match(JSON.stringify(nameless.lines), /CASSANDRA_USER is missing.*CASSANDRA_PASSWORD is missing/)
})
