import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLocalKv } from '@secureconnect/kv'
import type { LogLine } from '@secureconnect/logging/testing'
import { recovery } from '@secureconnect/protocol'
import { column } from '@secureconnect/sql'
import { createInput, sendOperation, until } from '@secureconnect/test/helpers'
import { faultProxy, ownPostgresServer, smtpServer } from '@secureconnect/test/stack'
import { Type } from 'typebox'
import { mailRequestTopic } from '../src/recovery/request-mail.ts'
import { guess } from './guesses.ts'
import { mailedToken, readToken, requestLink, waitForQuiet } from './mailed-links.ts'
import {
  type Auth,
  ask,
  engines,
  goodPassword,
  newPerson,
  onPostgres,
  registerPerson,
  startAuth,
  startAuthOn,
} from './test-auth.ts'

type Cleanup = Parameters<typeof startAuth>[0]

/** auth-service that sends its mails to a real server, over a line that a test may break. */
async function startMailing(t: Cleanup) {
  const server = await smtpServer(t)
  const line = await faultProxy(t, server)
  const auth = await startAuth(t, 'postgres', {
    SMTP_HOST: line.host,
    SMTP_PORT: String(line.port),
    SMTP_SECURITY: 'none',
    EMAIL_VERIFICATION: 'notify',
    PUBLIC_URL: 'https://chat.example.org',
  })
  return { server, line, auth }
}

/** Registers somebody whose address is written as mail servers name it. */
async function register({ address }: Pick<Auth, 'address'>) {
  const person = newPerson()
  const email = person.email.toLowerCase()
  await ask(`${address}/v1/auth/register`, { body: { ...person, email } })
  return { ...person, email }
}

function findLink(text: string | undefined): string {
  return /https:\/\/chat\.example\.org\/\S+/.exec(text ?? '')?.[0] ?? ''
}

/** Lets mails that wait for another attempt have it now. */
function hurry({ context: { sql } }: Pick<Auth, 'context'>) {
  return sql.execute`update outbox set due_at = clock_timestamp() where topic = 'mail' and holder is null`
}

const NameRow = Type.Object({ name: column.text })

/** Every row of every table, as a thief of the database would read them. */
async function dump({ context: { sql } }: Pick<Auth, 'context'>): Promise<string> {
  const tables = await sql.many(NameRow)`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name`
  assert.ok(tables.some(({ name }) => name === 'mail_tokens') && tables.length > 15)
  const rows = []
  for (const { name } of tables) rows.push(await sql.runScript(`select to_jsonb(one)::text as row from ${name} as one`))
  return JSON.stringify(rows)
}

for (const engine of engines) {
  test(`whoever steals the database finds nothing in it that opens anything, on ${engine}`, async (t) => {
    const auth = await startAuth(t, engine, { EMAIL_VERIFICATION: 'notify' })
    const registered = await registerPerson(auth)
    const { person, access_token: token, refresh_token, device_token } = registered
    const newEmail = newPerson().email
    // What waits to be mailed is there to be stolen too.
    const waiting = await registerPerson(auth)
    await auth.context.sql.execute`
      insert into outbox (outbox_id, topic, key, payload, due_at)
      select token_id, 'mail', 'stolen', jsonb_build_object('user_id', user_id, 'template', purpose, 'token_id', token_id),
        clock_timestamp() + interval '1 hour'
      from mail_tokens where user_id = ${waiting.user.user_id}`
    await ask(`${auth.address}/v1/auth/password-reset/request`, { body: { email: person.email } })
    await ask(`${auth.address}/v1/users/me/email`, { token, body: { new_email: newEmail, password: person.password } })
    const totp = (await ask(`${auth.address}/v1/auth/totp/setup`, { method: 'POST', token })).data
    const secrets = [
      await mailedToken(auth, { to: person.email, purpose: 'verification' }),
      await mailedToken(auth, { to: waiting.person.email, purpose: 'verification' }),
      await mailedToken(auth, { to: person.email, purpose: 'password-reset' }),
      await mailedToken(auth, { to: newEmail, purpose: 'email-change' }),
      refresh_token,
    ]
    const stolen = await dump(auth)
    assert.ok(stolen.includes(registered.user.user_id), 'the dump has the rows')
    for (const secret of secrets) {
      const bytes = Buffer.from(secret, 'base64url')
      // The id at its beginning is no secret; what follows it is.
      const proof = bytes.subarray(-32)
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        assert.ok(!stolen.includes(proof.toString(encoding)), `${encoding} of ${secret}`)
      }
      assert.ok(!stolen.includes(secret) && !stolen.includes(secret.slice(-40)))
    }
    for (const secret of [token, device_token, totp.secret, goodPassword]) assert.ok(!stolen.includes(secret))
  })
}

test('a mail server that is away delays each mail, and nobody who registers or asks notices', async (t) => {
  const { server, line, auth } = await startMailing(t)
  line.refuse()
  const { email, password } = await register(auth)
  assert.equal((await ask(`${auth.address}/v1/auth/password-reset/request`, { body: { email } })).status, 202)
  assert.equal((await guess(auth, email, { password })).status, 200)
  await auth.line(({ message }) => message === 'a side effect failed and waits for its next attempt')
  await line.heal()
  await auth.line(({ message, type }) => message === 'mail sent' && type === 'password-reset')
  const mails = []
  for (const _ of ['verification', 'password-reset', 'new-device']) {
    const { subject, text } = await server.nextMail({ to: email, withinMs: 10_000 })
    mails.push({ subject, link: findLink(text) })
  }
  assert.deepEqual(mails.map(({ subject }) => subject).sort(), [
    'A new device signed in to your account',
    'Confirm your e-mail address',
    'Reset your password',
  ])
  await waitForQuiet(auth)
  await assert.rejects(server.nextMail({ to: email, withinMs: 100 }), /No mail/)
  const verification = mails.find(({ subject }) => subject?.startsWith('Confirm'))
  const body = { token: readToken(verification?.link ?? '') }
  assert.equal((await ask(`${auth.address}/v1/auth/verify-email`, { body })).status, 200)
  // Where mails really go out, nothing that is in them is logged.
  assert.ok(!JSON.stringify(auth.lines).includes(body.token))
})

test('a mail that was taken without a word gets sent again as the same mail', async (t) => {
  const { server, line, auth } = await startMailing(t)
  // Answers come late: so there is time to break the line between the taking and the answer.
  line.latency(200)
  const { email } = await register(auth)
  const first = await server.nextMail({ to: email, withinMs: 10_000 })
  line.reset()
  await auth.line(({ message }) => message === 'a side effect failed and waits for its next attempt')
  await line.heal()
  const second = await server.nextMail({ to: email, withinMs: 10_000 })
  assert.equal(second.messageId, first.messageId)
  assert.equal(findLink(second.text), findLink(first.text))
  await waitForQuiet(auth)
  await assert.rejects(server.nextMail({ to: email, withinMs: 100 }), /No mail/)
})

test('a link that was replaced, used or too old by the time the mail server is back is not sent', async (t) => {
  const { server, line, auth } = await startMailing(t)
  const [replaced, used, late] = [await register(auth), await register(auth), await register(auth)]
  for (const { email } of [replaced, used, late]) await server.nextMail({ to: email, withinMs: 10_000 })
  await waitForQuiet(auth)
  line.refuse()
  const { sql } = auth.context
  for (const { email } of [replaced, replaced, used, late]) {
    await ask(`${auth.address}/v1/auth/password-reset/request`, { body: { email } })
  }
  // A mail is gone before the next is there, where it is tried between: so their number would tell nothing.
  const isAnswered = async () => (await sql.execute`select 1 from outbox where topic = ${mailRequestTopic}`) === 0
  await until('every request was answered', isAnswered)
  await sql.execute`
    update mail_tokens set expires_at = clock_timestamp()
    where user_id = (select user_id from users where email = ${late.email})`
  await sql.execute`
    delete from mail_tokens where user_id = (select user_id from users where email = ${used.email})`
  // One that was made before and is on its way still would get through.
  const isOnItsWay = async () =>
    (await sql.execute`select 1 from outbox where topic = 'mail' and holder is not null`) > 0
  await until('no mail is on its way', async () => !(await isOnItsWay()))
  await line.heal()
  await hurry(auth)
  const { text } = await server.nextMail({ to: replaced.email, withinMs: 10_000 })
  await waitForQuiet(auth)
  for (const { email } of [replaced, used, late]) {
    await assert.rejects(server.nextMail({ to: email, withinMs: 100 }), /No mail/)
  }
  const body = { token: readToken(findLink(text)), new_password: 'nine loud lighthouses' }
  assert.equal((await ask(`${auth.address}/v1/auth/password-reset/confirm`, { body })).status, 200)
  // None of this is anything to look after: an operator is not called for it.
  assert.ok(!auth.lines.some(({ level }) => level === 'error'))
})

test('a mailbox that does not exist costs one attempt, and other mails go on', async (t) => {
  const auth = await startAuth(t, 'postgres', { EMAIL_VERIFICATION: 'notify' })
  const { person } = await registerPerson(auth)
  await auth.context.sql.execute`update users set email = 'no address' where email = ${person.email}`
  await requestLink(auth, 'verify-email/resend', person.email)
  const isGivenUp = ({ message }: LogLine) => message === 'a side effect was given up'
  assert.equal((await auth.line(isGivenUp)).attempts, 1)
  const other = await registerPerson(auth)
  await mailedToken(auth, { to: other.person.email, purpose: 'verification' })
})

test('without SQL everything about links answers 503 and when to come back', async (t) => {
  const server = await ownPostgresServer(t)
  const kv = createLocalKv()
  t.after(() => kv.close())
  const auth = await startAuthOn(t, { ...onPostgres(server), openKv: async () => kv })
  const { person, access_token: token } = await registerPerson(auth)
  await ask(`${auth.address}/v1/auth/password-reset/request`, { body: { email: person.email } })
  const link = await mailedToken(auth, { to: person.email, purpose: 'password-reset' })
  await server.kill()
  const named = { token: link, email: person.email, new_email: newPerson().email, password: person.password }
  for (const operation of Object.values(recovery)) {
    const input = createInput(operation, { named: { ...named, new_password: 'nine loud lighthouses' } })
    const answer = await sendOperation(auth.address, operation, { input, token })
    const retryAfter = Number(answer.headers.get('retry-after'))
    assert.deepEqual([answer.status, answer.code], [503, 'SERVICE_UNAVAILABLE'], `${operation.name} ${answer.text}`)
    assert.ok(retryAfter >= 1 && retryAfter <= 5, `${operation.name}: ${retryAfter}`)
  }
  await server.restart()
  const body = { token: link, new_password: 'nine loud lighthouses' }
  const confirm = () => ask(`${auth.address}/v1/auth/password-reset/confirm`, { body })
  let status = 503
  while (status === 503) {
    await new Promise((done) => setTimeout(done, 100))
    status = (await confirm()).status
  }
  assert.equal(status, 200, 'the link was not used up by any of it')
})
