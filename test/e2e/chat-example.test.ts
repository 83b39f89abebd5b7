import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { createClient } from '@secureconnect/sdk'
import { cassandraEnv } from '@secureconnect/test/cassandra'
import { startPreparedSystem } from '@secureconnect/test/embedded'
import { readJson, surroundings } from '@secureconnect/test/helpers'
import { shareInSuite } from '@secureconnect/test/services'
import { createProcessEnv, startProcessSystem } from './processes.ts'
import { example, Terminal } from './terminals.ts'

const password = 'seven quiet harbours'

/** Two people write to each other in two terminals, one leaves and comes back: each sees all of it, once, in order. */
async function talk(t: TestContext, address: string): Promise<void> {
  const [ada, bob] = [`ada-${randomUUID().slice(0, 8)}`, `bob-${randomUUID().slice(0, 8)}`]
  const env = surroundings
  const [first, second] = [
    Terminal.open(t, { me: ada, friend: bob, address, env }),
    Terminal.open(t, { me: bob, friend: ada, address, env }),
  ]
  await Promise.all([first.shows(`You are ${ada}.`), second.shows(`You are ${bob}.`)])
  first.type('Hello')
  await second.shows(`${ada}: Hello`)
  second.type('Hi')
  await first.shows(`${bob}: Hi`)
  await writeElsewhere(address, { me: ada, friend: bob })
  for (const text of ['one', 'two', 'three']) first.type(text)
  await second.shows(`${ada}: three`)
  const talkOf = ({ shown }: Terminal) => shown.filter((line) => /^(?:ada|bob)-\w+: /.test(line))
  const said = [`${ada}: Hello`, `${bob}: Hi`, `${ada}: one`, `${ada}: two`, `${ada}: three`]
  assert.deepEqual(talkOf(second), said)
  await react(first, second, bob)
  assert.equal(await first.end(), 0)
  assert.deepEqual(talkOf(first), said)
  second.type('Where are you?')
  const back = Terminal.open(t, { me: ada, friend: bob, address, env })
  await back.shows(`${bob}: Where are you?`)
  for (const line of ['  👍 1', `${bob} asks: Tea?`, '  2. no (1)']) await back.shows(line)
  assert.deepEqual(talkOf(back), [...said, `${bob}: Where are you?`])
  for (const terminal of [back, second]) assert.equal(await terminal.end(), 0)
}

/** Writes into a group that both are in, which is none of what the terminals are about. */
async function writeElsewhere(address: string, { me, friend }: { me: string; friend: string }): Promise<void> {
  using client = createClient({ address })
  await client.signIn({ username: me, password })
  const { users } = await client.rest.people.search({ q: friend })
  const participant_ids = users.map(({ user_id }) => user_id)
  const { conversation_id } = await client.rest.conversations.create({
    type: 'group',
    title: 'Elsewhere',
    participant_ids,
  })
  await client.rest.messages.send({ conversation_id, content: 'Elsewhere', message_type: 'text' })
}

/** One reacts to what was said last and asks something; the other votes. */
async function react(first: Terminal, second: Terminal, bob: string): Promise<void> {
  first.type('/raect 👍')
  await first.shows('There is no command /raect; there are /react')
  first.type('/vote 1')
  await first.shows('There is no poll to vote in yet.')
  second.type('/react 👍')
  await first.shows(`${bob} reacted with 👍`)
  second.type('/poll Tea? | yes | no')
  await first.shows('  2. no')
  first.type('/vote 2')
  await second.shows('Poll open: yes: 0, no: 1')
  first.type('/vote 1 3')
  await first.shows('Vote for some of 1 to 2')
  first.type('/vote')
  await second.shows('Poll open: yes: 0, no: 0')
  second.type('/vote 2')
  await first.shows('Poll open: yes: 0, no: 1')
  first.type('/react nothing')
  await first.shows('Some fields are missing or wrong')
}

/** Starts the example and waits for its end, which it says why. */
async function fail(words: readonly string[], home: string): Promise<string> {
  const env = { ...surroundings, HOME: home }
  const ended = promisify(execFile)(process.execPath, [example, ...words], { env })
  const error = await ended.then(
    () => assert.fail('It ended well'),
    (error) => error,
  )
  assert.equal(error.code, 1)
  return error.stderr
}

const embedded = shareInSuite(startPreparedSystem)

test('two people talk in two terminals on the embedded system', async (t) => {
  await talk(t, embedded().address)
})

test('whoever cannot talk is told why, in one sentence, and what helps', async () => {
  const { folder, address } = embedded()
  assert.match(
    await fail(['ada', 'bob', '127.0.0.1:1'], folder),
    /^No answer from http:\/\/127\.0\.0\.1:1: start .*\n$/,
  )
  assert.match(await fail(['a', 'bob', address], folder), /^Some fields are missing or wrong\. username .*\n$/)

  using client = createClient({ address })
  await client.register({
    username: 'carl',
    email: 'carl@example.org',
    display_name: 'Carl',
    password: 'other words here',
  })
  assert.match(await fail(['carl', 'bob', address], folder), /^carl has another password than this example: .*\n$/)
})

test('whose session ends meanwhile is told so, and signs in again the next time', async (t) => {
  const { address } = embedded()
  using client = createClient({ address })
  for (const username of ['ada', 'Bob'])
    await client.register({ username, email: `${username}@example.org`, display_name: username, password })
  const terminal = Terminal.open(t, { me: 'ada', friend: 'bob', address, env: surroundings })
  await terminal.shows('You are ada.')
  await client.signIn({ username: 'ada', password })
  await client.rest.sessions.logoutAll()
  await terminal.shows('Your session has ended')
  const next = Terminal.open(t, { me: 'ada', friend: 'bob', address, env: surroundings, home: terminal.home })
  await next.shows('You are ada.')
  assert.equal(await next.end(), 0)
})

test('two people talk in two terminals on five processes with Postgres, Redis and Cassandra', async (t) => {
  const env = { ...(await createProcessEnv(t)), ...(await cassandraEnv()) }
  const { 'api-gateway': gateway, 'chat-service': chat } = await startProcessSystem(t, env)
  const { checks } = await readJson(await fetch(`${chat.address}/health`))
  assert.deepEqual(Object.keys(checks).toSorted(), ['archive', 'redis', 'sql'])
  await talk(t, gateway.address)
})
