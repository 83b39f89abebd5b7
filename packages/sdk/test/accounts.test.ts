import assert from 'node:assert/strict'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { ApiError, ConnectionError, createClient, createMemoryStorage, type Storage } from '../src/index.ts'
import { openFileStorage } from '../src/node.ts'
import { startBreakableLine } from './breakable-line.ts'
import { createFolder, newPerson, signUp, startSystem } from './system.ts'

const address = await startSystem({ after })

function isRefusal(code: string) {
  return (error: unknown) => error instanceof ApiError && error.code === code
}

/** A client that finds the session of another, changed as the test wants it. */
async function restoreChanged(t: TestContext, change: (session: object) => object) {
  const memory = createMemoryStorage()
  await signUp(t, address, memory)
  const session = (await memory.list('session')).get('session') ?? ''
  await memory.write('session', JSON.stringify(change(JSON.parse(session))))
  let writes = 0
  const storage: Storage = {
    ...memory,
    write: async (key, text) => {
      if (key === 'session') writes += 1
      await memory.write(key, text)
    },
  }
  const client = createClient({ address, storage })
  assert.ok(await client.restore())
  return { client, countWrites: () => writes }
}

test('somebody signs up, is known by the service, and signs out', async () => {
  const client = createClient({ address })
  const person = newPerson()
  const user = await client.register(person)
  assert.equal(user.username, person.username)
  assert.equal(client.userId, user.user_id)
  assert.equal((await client.rest.accounts.getMe()).email, person.email)
  await client.signOut()
  assert.equal(client.userId, undefined)
  await assert.rejects(client.rest.accounts.getMe(), isRefusal('UNAUTHORIZED'))
})

test('what an operation is told reaches path, query and body', async (t) => {
  const [ada, bob] = [await signUp(t, address), await signUp(t, address)]
  const { user_id, username } = await bob.rest.accounts.getMe()
  assert.equal((await ada.rest.people.get({ user_id })).username, username)
  assert.deepEqual((await ada.rest.people.search({ q: username, limit: 1 })).users[0]?.user_id, user_id)
  await ada.rest.people.block({ user_id, reason: 'too loud' })
  assert.equal((await ada.rest.people.listBlocked()).blocked_users[0]?.user_id, user_id)
  await ada.rest.people.unblock({ user_id })
  assert.deepEqual((await ada.rest.people.listBlocked()).blocked_users, [])
})

test('a refusal says which field is wrong, and by which name the logs know it', async () => {
  const { rest } = createClient({ address })
  await assert.rejects(rest.accounts.register({ ...newPerson(), email: 'nowhere' }), (error: unknown) => {
    assert.ok(error instanceof ApiError)
    assert.equal(error.code, 'VALIDATION_ERROR')
    assert.equal(error.status, 400)
    assert.equal(error.details[0]?.field, 'email')
    assert.match(error.requestId ?? '', /^[\w-]{8,64}$/)
    return true
  })
})

test('where nobody answers, or something that is not ours, that is what is told', async () => {
  const { rest } = createClient({ address: 'http://127.0.0.1:1' })
  await assert.rejects(rest.accounts.keys(), ConnectionError)
  const { rest: elsewhere } = createClient({ address: `${address}/nothing/here` })
  await assert.rejects(elsewhere.accounts.keys(), isRefusal('ROUTE_NOT_FOUND'))
})

test('a request ends when its caller loses interest', async () => {
  const { rest } = createClient({ address })
  await assert.rejects(rest.accounts.keys(undefined, { signal: AbortSignal.abort() }), { name: 'AbortError' })
})

test('a path without its parameter is never asked for', async (t) => {
  const { rest } = await signUp(t, address)
  await assert.rejects(rest.people.get({ user_id: '' }), TypeError)
})

test('the next process goes on with the session, from files that nobody else can read', async (t) => {
  const folder = createFolder(t)
  const { userId } = await signUp(t, address, await openFileStorage(folder))
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o077, 0)
  const next = createClient({ address, storage: await openFileStorage(folder) })
  assert.equal(await next.restore(), true)
  assert.equal((await next.rest.accounts.getMe()).user_id, userId)
  await next.signOut()
  assert.equal(await createClient({ address, storage: await openFileStorage(folder) }).restore(), false)
})

test('a token that is judged bad is exchanged for the next, unnoticed', async (t) => {
  const { client } = await restoreChanged(t, (session) => ({ ...session, accessToken: 'outdated' }))
  assert.equal((await client.rest.accounts.getMe()).user_id, client.userId)
})

test('a token that ends soon is renewed before it is used, once for all who ask', async (t) => {
  const { client, countWrites } = await restoreChanged(t, (session) => ({ ...session, renewAt: 0 }))
  await Promise.all([1, 2, 3, 4, 5].map(() => client.rest.accounts.getMe()))
  assert.equal(countWrites(), 1)
})

test('a refresh token that is not taken any more ends the session, and says so', async (t) => {
  const { client } = await restoreChanged(t, (session) => ({ ...session, renewAt: 0, refreshToken: 'made-up' }))
  const ended = new Promise<void>((done) => client.onSignedOut(done))
  await assert.rejects(client.rest.accounts.getMe(), isRefusal('INVALID_GRANT'))
  await ended
  assert.equal(client.userId, undefined)
})

test('signing out everywhere ends the session of the other device, and its chat stays closed', async (t) => {
  const person = newPerson()
  const [phone, laptop] = [createClient({ address }), createClient({ address })]
  await phone.register(person)
  await laptop.signIn({ email: person.email, password: person.password })
  await phone.chat.open()
  const ended = new Promise<void>((done) => phone.onSignedOut(done))
  const closed = new Promise((done) => phone.chat.on('state', (state) => state.status === 'closed' && done(state)))
  await laptop.rest.sessions.logoutAll()
  await ended
  assert.deepEqual(await closed, { status: 'closed', reason: 'forbidden' })
  t.after(() => laptop.close())
})

test('who signs out without a line is signed out here at once, leaves nothing, and is told that the service does not know', async (t) => {
  const line = await startBreakableLine(t, address)
  const [storage, person] = [createMemoryStorage(), newPerson()]
  const client = createClient({ address: line.address, storage })
  await client.register(person)
  const { conversation_id } = await client.rest.conversations.create({ type: 'group', participant_ids: [] })
  line.setDown(true)
  const unsent = assert.rejects(client.chat.send({ conversation_id, content: 'hello', message_type: 'text' }))
  const ended = new Promise<void>((done) => client.onSignedOut(done))
  await assert.rejects(client.signOut(), ConnectionError)
  await Promise.all([ended, unsent])
  assert.equal(client.userId, undefined)
  assert.deepEqual([...(await storage.list('')).keys()], ['device'])
  assert.equal(await createClient({ address, storage }).restore(), false)

  // The session is still there for whoever looks, and can be ended from elsewhere.
  const other = createClient({ address })
  await other.signIn({ email: person.email, password: person.password })
  assert.equal((await other.rest.sessions.list()).sessions.length, 2)
})

test('a session that is kept in a text nobody can read is none', async () => {
  for (const text of ['{"userId":"a', '{}', '']) {
    const storage = createMemoryStorage()
    await storage.write('session', text)
    assert.equal(await createClient({ address, storage }).restore(), false)
  }
})
