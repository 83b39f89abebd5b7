import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { serviceNames } from '@secureconnect/protocol'
import { cassandraEnv } from '../helpers/cassandra.ts'
import { onlyAtFullSize, until } from '../helpers/index.ts'
import { assertSilent, singCanaries } from './canaries.ts'
import { createProcessEnv, migrateDatabase, startProcess, startProcessSystem } from './processes.ts'
import { ask, greet, newPerson, walkThroughSlice } from './slice.ts'
import { assertNotStored, dumpArchive } from './stored-canaries.ts'

test('a service that is killed takes none of the others with it, and its routes answer 503', async (t) => {
  const system = await startProcessSystem(t)
  const left = new Set(serviceNames)
  const behindGateway = serviceNames.filter((name) => name !== 'api-gateway')
  for (const victim of [...behindGateway, 'api-gateway'] as const) {
    system[victim].child.kill('SIGKILL')
    await system[victim].ended
    left.delete(victim)
    for (const other of left) {
      assert.equal((await fetch(`${system[other].address}/health`)).status, 200, `${other} without ${victim}`)
    }
    if (victim !== 'auth-service') continue
    const answer = await ask(`${system['api-gateway'].address}/v1/auth/login`, { body: newPerson() })
    assert.equal(answer.status, 503)
    assert.ok(answer.headers.get('retry-after'))
  }
})

test('five processes on Postgres and Redis serve a person from signing up to open sockets, and one that is asked to stop says so, sends its sockets away, and ends with 0; no secret of theirs and no word of his is logged or measured, and what opens something is not stored', async (t) => {
  const env = await createProcessEnv(t)
  const system = await startProcessSystem(t, env)
  const { token } = await walkThroughSlice(system['api-gateway'].address)
  const canaries = await singCanaries(system['api-gateway'].address)
  await assertSilent(system, canaries, env)
  // What he writes and where he gets mail is kept; what opens something is not.
  const { words: _words, address: _address, ...secrets } = canaries
  await assertNotStored(secrets, env)
  const { ws } = await greet(system['chat-service'].address, '/v1/ws/chat', token)
  const notices: unknown[] = []
  ws.on('message', (data) => notices.push(JSON.parse(data.toString()).code))
  const closed = once(ws, 'close')
  system['chat-service'].child.kill('SIGTERM')
  await system['chat-service'].line(({ message }) => message === 'draining')
  const ready = await fetch(`${system['chat-service'].address}/ready`)
  assert.equal(ready.status, 503)
  const [code] = await closed
  assert.equal(code, 1012)
  assert.ok(notices.includes('reconnect'))
  const { code: exitCode } = await system['chat-service'].ended
  assert.equal(exitCode, 0)
})

test(
  'what opens something is not in the archive either, where what was said is',
  onlyAtFullSize('it starts five processes and Cassandra'),
  async (t) => {
    const env = { ...(await createProcessEnv(t)), ...(await cassandraEnv()) }
    const system = await startProcessSystem(t, env)
    const { words = '', address: _address, ...secrets } = await singCanaries(system['api-gateway'].address)
    await until('it is archived', async () => (await dumpArchive(env)).includes(words), 60_000)
    await assertNotStored(secrets, env)
  },
)

test('a broken configuration is told in full, without a stack trace', async (t) => {
  const wrong = {
    ENV: 'production',
    PORT: 'eighty',
    LOG_LEVEL: 'loud',
    REFRESH_KEY: 'changeme',
    DB_PORT: '-1',
    REDIS_PORT: 'none',
  }
  const started = serviceNames.map((service) => ({ service, broken: startProcess(t, service, wrong) }))
  for (const { service, broken } of started) {
    const { code, stderr } = await broken.ended
    assert.equal(code, 1)
    assert.match(stderr, /PORT must be a whole number/)
    assert.match(stderr, /LOG_LEVEL must be one of/)
    assert.match(stderr, /PUBLIC_URL is not set, which production needs/)
    assert.match(stderr, /REDIS_PORT must be/)
    if (service === 'auth-service')
      assert.match(stderr, /JWT_SIGNING_KEYS is missing[\s\S]*REFRESH_KEY stands in the environment/)
    if (service !== 'api-gateway')
      assert.match(stderr, /JWT_SECRET is missing[\s\S]*DB_PORT must be[\s\S]*DB_PASSWORD is missing/)
    assert.doesNotMatch(stderr, /changeme|\n\s+at /)
  }
})

test('with SQL away at the start a service is alive and not ready, and heals alone', async (t) => {
  const { ownPostgresServer } = await import('@secureconnect/test/stack')
  const postgres = await ownPostgresServer(t)
  const env = {
    ...(await createProcessEnv(t)),
    DB_HOST: postgres.host,
    DB_PORT: String(postgres.port),
    DB_USER: postgres.user,
    DB_NAME: 'postgres',
    DB_PASSWORD: postgres.password,
  }
  await migrateDatabase(env)
  await postgres.kill()
  const auth = startProcess(t, 'auth-service', env)
  await auth.listening()
  const url = (path: string) => `${auth.address}${path}`
  assert.equal((await fetch(url('/health'))).status, 200)
  assert.equal((await fetch(url('/ready'))).status, 503)
  const refused = await ask(url('/v1/auth/register'), { body: newPerson() })
  assert.equal(refused.status, 503)
  assert.ok(refused.headers.get('retry-after'))
  await postgres.restart()
  while ((await fetch(url('/ready'))).status !== 200) await new Promise((done) => setTimeout(done, 100))
  assert.equal((await ask(url('/v1/auth/register'), { body: newPerson() })).status, 201)
})
