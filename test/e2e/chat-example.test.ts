import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startEmbeddedSystem } from '@secureconnect/dev-env'
import { cassandraEnv } from '@secureconnect/test/cassandra'
import { readJson } from '@secureconnect/test/helpers'
import { createProcessEnv, startProcessSystem } from './processes.ts'
import { Terminal } from './terminals.ts'

/** Two people write to each other in two terminals, one leaves and comes back: each sees all of it, once, in order. */
async function talk(t: TestContext, address: string): Promise<void> {
  const [ada, bob] = [`ada-${randomUUID().slice(0, 8)}`, `bob-${randomUUID().slice(0, 8)}`]
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const env = { PATH, NODE_COMPILE_CACHE }
  const [first, second] = [
    Terminal.open(t, { me: ada, friend: bob, address, env }),
    Terminal.open(t, { me: bob, friend: ada, address, env }),
  ]
  await Promise.all([first.shows(`You are ${ada}.`), second.shows(`You are ${bob}.`)])
  first.type('Hello')
  await second.shows(`${ada}: Hello`)
  second.type('Hi')
  await first.shows(`${bob}: Hi`)
  for (const text of ['one', 'two', 'three']) first.type(text)
  await second.shows(`${ada}: three`)
  const talkOf = ({ shown }: Terminal) => shown.filter((line) => line.startsWith(ada) || line.startsWith(bob))
  const said = [`${ada}: Hello`, `${bob}: Hi`, `${ada}: one`, `${ada}: two`, `${ada}: three`]
  assert.deepEqual(talkOf(second), said)
  assert.equal(await first.end(), 0)
  assert.deepEqual(talkOf(first), said)
  second.type('Where are you?')
  const back = Terminal.open(t, { me: ada, friend: bob, address, env })
  await back.shows(`${bob}: Where are you?`)
  assert.deepEqual(talkOf(back), [...said, `${bob}: Where are you?`])
  for (const terminal of [back, second]) assert.equal(await terminal.end(), 0)
}

test('two people talk in two terminals on the embedded system', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-'))
  const system = await startEmbeddedSystem({ folder, portBase: 0, revision: 'test' })
  t.after(async () => {
    await system[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })
  await talk(t, system.addresses['api-gateway'])
})

test('two people talk in two terminals on five processes with Postgres, Redis and Cassandra', async (t) => {
  const env = { ...(await createProcessEnv(t)), ...(await cassandraEnv()) }
  const { 'api-gateway': gateway, 'chat-service': chat } = await startProcessSystem(t, env)
  const { checks } = await readJson(await fetch(`${chat.address}/health`))
  assert.deepEqual(Object.keys(checks).toSorted(), ['archive', 'redis', 'sql'])
  await talk(t, gateway.address)
})
